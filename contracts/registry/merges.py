"""Merging organisations that are one: proposed by one person, approved by another, undone exactly."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts.registry.duplicates import REVIEWERS
from contracts.registry.shapes import NounView, Reason, expected_version

STATUSES = ("proposed", "merged", "rejected", "withdrawn", "undone")


class ProposeMerge(Schema):
    """``merged_id`` goes into ``survivor_id``, which keeps its name and codes.

    Of two streets: by somebody district-wide, and the bureau approves.
    """

    survivor_id = Id("org", required=True)
    merged_id = Id("org", required=True)
    reason = Text(required=True, at_least=2, at_most=500)


class MergePath(Schema):
    """One merge."""

    merge_id = Id("mrg", required=True)


class ApproveMerge(MergePath):
    """By somebody else than who proposed it."""

    decision = Text(at_most=500, load_default="")
    expected_version = expected_version()


class CloseMerge(MergePath, Reason):
    """With a reason."""


class MergeQuery(PageQuery):
    """Filters; ``organisation_id`` on either side."""

    status = one_of(*STATUSES)
    organisation_id = Id("org")


class MergeView(NounView):
    """A merge; ``moved`` counts records by table."""

    merge_id = fields.String()
    survivor_id = fields.String()
    survivor_name = fields.String(allow_none=True)
    merged_id = fields.String()
    merged_name = fields.String(allow_none=True)
    reason = fields.String()
    proposed_by = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    decided_at = Instant(allow_none=True)
    decision = fields.String(allow_none=True)
    undone_by = fields.String(allow_none=True)
    undone_at = Instant(allow_none=True)
    undo_reason = fields.String(allow_none=True)
    moved = fields.Dict(keys=fields.String(), values=fields.Integer())
    restored = fields.Integer(allow_none=True)


def _write(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, MergeView, roles=REVIEWERS, reread="get_merge", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _write("propose_merge", ProposeMerge, "申请合并组织", "Propose to merge two organisations"),
    _write("approve_merge", ApproveMerge, "批准合并", "Approve a merge"),
    _write("reject_merge", CloseMerge, "驳回合并", "Reject a merge"),
    _write("withdraw_merge", CloseMerge, "撤回合并申请", "Withdraw a proposed merge"),
    _write("undo_merge", CloseMerge, "撤销合并", "Undo a merge"),
    rpc("get_merge", MergePath, MergeView, roles=REVIEWERS, zh="查看合并", en="A merge"),
    rpc("list_merges", MergeQuery, MergeView, roles=REVIEWERS, many=True, zh="合并列表", en="Merges"),
)
