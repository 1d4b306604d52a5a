"""Allocations: from a proposal to what became of the gift (DOMAIN S3, S6)."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.resources.common import READ, WRITE, Expecting, Reason, RowView, hashes, whole
from contracts.resources.needs import TermView
from contracts.resources.offers import StepView, Window

STATUSES = (
    "proposed",
    "reserved",
    "confirmed",
    "handed_over",
    "received",
    "reported",
    "closed",
    "released",
    "returned",
    "disputed",
)
RECIPIENTS = (roles.CSO, roles.HUB)


class ProposeAllocation(Schema):
    """Suggest giving this much of an offer to a need."""

    offer_id = Id("ofr", required=True)
    need_id = Id("ned", required=True)
    quantity = whole(required=True)


class AllocationQuery(Schema):
    """One allocation."""

    allocation_id = Id("alc", required=True)


class StepAllocation(AllocationQuery, Expecting):
    """Take an allocation one step further."""


class HandOverAllocation(StepAllocation):
    """``quantity`` empty: all that is left. A part may be handed over now and the rest later."""

    quantity = whole(load_default=None)
    note = Text(load_default="", at_most=500)


class ReceiveAllocation(StepAllocation):
    """Acknowledge; ``quantity`` empty: all that was handed over. What was never handed over becomes free again."""

    quantity = whole(load_default=None)
    note = Text(load_default="", at_most=500)


class ReportAllocation(StepAllocation):
    """Tell the provider what became of the gift."""

    report = Text(required=True, at_least=1, at_most=2000)
    evidence = hashes()


class EndAllocation(StepAllocation, Reason):
    """Release, return or dispute, with the reason."""


class ListAllocations(PageQuery):
    """Filters; all optional."""

    status = one_of(*STATUSES)
    offer_id = Id("ofr")
    need_id = Id("ned")
    matching_round_id = Id("mrd")
    organisation_id = Id("org", metadata={"description": "提供方或接收方 / provider or recipient"})


class AllocationView(RowView):
    """An allocation: received ≤ handed_over ≤ quantity."""

    allocation_id = fields.String(attribute="id")
    offer_id = fields.String()
    need_id = fields.String()
    matching_round_id = fields.String(allow_none=True)
    project_id = fields.String(allow_none=True)
    provider_organisation_id = fields.String()
    recipient_organisation_id = fields.String()
    kind = fields.String()
    unit = fields.String()
    quantity = fields.Integer()
    handed_over = fields.Integer()
    received = fields.Integer()
    score = fields.Integer()
    terms = fields.List(fields.Nested(TermView))
    windows = fields.List(fields.Nested(Window))
    reserved_until = Instant(allow_none=True)
    report = fields.String()
    evidence = fields.List(fields.String())
    steps = fields.List(fields.Nested(StepView))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, AllocationView, roles=who, zh=zh, en=en, reread="get_allocation")


OPERATIONS: tuple[Operation, ...] = (
    _step("propose_allocation", ProposeAllocation, roles.STAFF, "提出对接", "Propose an allocation"),
    _step("reserve_allocation", StepAllocation, WRITE, "预留", "Reserve an allocation"),
    _step("confirm_allocation", StepAllocation, WRITE, "确认对接", "Confirm an allocation"),
    _step("hand_over_allocation", HandOverAllocation, WRITE, "移交", "Hand over an allocation"),
    _step("receive_allocation", ReceiveAllocation, RECIPIENTS, "签收", "Acknowledge receipt"),
    _step("report_allocation", ReportAllocation, RECIPIENTS, "反馈使用情况", "Report what became of it"),
    _step("close_allocation", StepAllocation, roles.STAFF, "办结对接", "Close an allocation"),
    _step("release_allocation", EndAllocation, WRITE, "释放", "Release an allocation"),
    _step("return_allocation", EndAllocation, WRITE, "退回", "Return what was handed over"),
    _step("dispute_allocation", EndAllocation, WRITE, "提出异议", "Dispute an allocation"),
    rpc("get_allocation", AllocationQuery, AllocationView, roles=READ, zh="查看对接", en="Get an allocation"),
    rpc(
        "list_allocations", ListAllocations, AllocationView, roles=READ, zh="对接列表", en="List allocations", many=True
    ),
)
