"""Overrides of a decision (人工调整): a reason and two signatures; and the audit bundle (审计包) of a decision."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Money, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.rounds import ORGANISERS, RoundPath

CHANGED_OUTCOMES = ("recommended", "reserve", "not_recommended")
OVERRIDE_STATUSES = ("proposed", "signed", "rejected", "withdrawn")


class OutcomeChange(Schema):
    """One proposal's outcome by hand. ``amount`` omitted: what was asked for; less is a partial award."""

    proposal_id = Id("prp", required=True)
    outcome = one_of(*CHANGED_OUTCOMES, required=True)
    amount = Money(attribute="amount_fen")


class ProposeOverride(RoundPath):
    """The first signature."""

    changes = fields.List(fields.Nested(OutcomeChange), required=True, validate=validate.Length(min=1, max=100))
    reason = Text(required=True, at_least=10, at_most=4000)


class OverridePath(Schema):
    """One override."""

    override_id = Id("ovr", required=True)


class OverrideQuery(PageQuery):
    """Filters."""

    round_id = Id("rnd")
    status = one_of(*OVERRIDE_STATUSES)


class OverrideView(Schema):
    """An override, with who signed it as accounts."""

    override_id = fields.String(attribute="id")
    round_id = fields.String()
    status = fields.String(metadata={"enum": list(OVERRIDE_STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    changes = fields.List(fields.Nested(OutcomeChange))
    reason = fields.String()
    first_signer = fields.String(allow_none=True)
    second_signer = fields.String(allow_none=True)
    proposed_at = Instant()
    settled_at = Instant(allow_none=True)


class PublicOverrideView(Schema):
    """A signed override as everybody sees it in the decision."""

    reason = fields.String()
    changes = fields.List(fields.Nested(OutcomeChange))
    signed_at = Instant()


class AuditBundleView(Schema):
    """What it takes to compute a decision again: ``./run decide BUNDLE``. Proposals by id, ballots without voters."""

    format = fields.String()
    version = fields.Integer()
    engine = fields.String()
    round = fields.Dict()
    rules = fields.Dict()
    rules_hash = fields.String()
    inputs = fields.Dict()
    input_hash = fields.String()
    computed = fields.List(fields.Dict())
    computed_hash = fields.String()
    sealed_hash = fields.String()
    overrides = fields.List(fields.Dict())
    revisions = fields.List(fields.Dict())
    result = fields.List(fields.Dict())
    result_hash = fields.String()
    parts = fields.Dict(metadata={"description": "hashes of what no other hash covers"})


def _settle(name: str, zh: str, en: str) -> Operation:
    return command(name, OverridePath, OverrideView, roles=ORGANISERS, zh=zh, en=en, reread="get_override")


OPERATIONS: tuple[Operation, ...] = (
    command(
        "propose_override",
        ProposeOverride,
        OverrideView,
        roles=ORGANISERS,
        zh="提出人工调整",
        en="Propose to depart from the rule, with a reason",
        reread="get_override",
    ),
    _settle("sign_override", "签署人工调整", "Sign an override as the second person: it takes effect"),
    _settle("reject_override", "驳回人工调整", "Reject an override"),
    _settle("withdraw_override", "撤回人工调整", "Withdraw one's own override"),
    rpc("get_override", OverridePath, OverrideView, roles=ORGANISERS, zh="查看人工调整", en="One override"),
    rpc(
        "list_overrides",
        OverrideQuery,
        OverrideView,
        roles=ORGANISERS,
        many=True,
        zh="人工调整列表",
        en="Overrides in scope",
    ),
    rpc(
        "get_audit_bundle",
        RoundPath,
        AuditBundleView,
        roles=roles.PUBLIC,
        zh="下载审计包",
        en="The audit bundle of a published decision",
    ),
)
