"""Allocations: from a proposal to what became of the gift (DOMAIN S3, S6)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.orders import RELATIONS
from contracts.resources.common import MOST, READ_OWN, WRITE, Expecting, Reason, RowView, hashes, unit_word, whole
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
RECIPIENTS = (roles.CSO, roles.HUB, roles.RESIDENT, *roles.STAFF)
PARTIES = (*WRITE, roles.RESIDENT)


class ProposeAllocation(Schema):
    """Suggest giving this much of an offer to a need."""

    offer_id = Id("ofr", required=True)
    need_id = Id("ned", required=True)
    quantity = whole(required=True)
    unit = unit_word()
    windows = fields.List(
        fields.Nested(Window),
        load_default=list,
        validate=validate.Length(max=200),
        metadata={"description": "场地：具体时间，可为时段的一部分 / venues: exact times, also parts of windows"},
    )


class AllocationQuery(Schema):
    """One allocation."""

    allocation_id = Id("alc", required=True)


class StepAllocation(AllocationQuery, Expecting):
    """Take an allocation one step further."""


class HandOverAllocation(StepAllocation):
    """``quantity`` empty: all that is left. A part may be handed over now and the rest later."""

    quantity = whole(load_default=None)
    unit = unit_word()
    note = Text(load_default="", at_most=500)


class ReceiveAllocation(StepAllocation):
    """Acknowledge; ``quantity`` empty: all that was handed over and not acknowledged yet.

    ``final`` false: more is to come. Else what was never handed over becomes free again; ``quantity`` may then be 0
    where earlier parts were acknowledged. Of a resident's need: by the resident, or by staff or the handling hub with
    a ``proxy_reason`` and how they stand to the resident; never by who gives.
    """

    quantity = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=0, max=MOST))
    unit = unit_word()
    final = fields.Boolean(load_default=True, metadata={"description": "不再有后续批次 / nothing more is to come"})
    note = Text(load_default="", at_most=500)
    proxy_reason = Text(load_default=None, at_least=2, at_most=500)
    relation = one_of(*RELATIONS, load_default=None)


class ReportAllocation(StepAllocation):
    """Tell the provider what became of the gift."""

    report = Text(required=True, at_least=1, at_most=2000)
    evidence = hashes()


class EndAllocation(StepAllocation, Reason):
    """Release or dispute, with the reason."""


class ReturnAllocation(EndAllocation):
    """``quantity`` empty: all of it, and what was never handed over is free, too. Only what is good is given again."""

    quantity = whole(load_default=None)
    unit = unit_word()
    condition = one_of("good", "damaged", "expired", load_default="good")


class LoseAllocation(EndAllocation):
    """What was handed over and never arrived as it should."""

    quantity = whole(required=True)
    unit = unit_word()
    cause = one_of("lost", "damaged", "expired", required=True)


class ResolveAllocation(EndAllocation):
    """How a dispute ends: so much counts as received; the rest was returned, or is lost."""

    received = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=MOST))
    rest = one_of("returned", "lost", required=True)


class ListAllocations(PageQuery):
    """Filters; all optional."""

    status = one_of(*STATUSES)
    offer_id = Id("ofr")
    need_id = Id("ned")
    matching_round_id = Id("mrd")
    organisation_id = Id("org", metadata={"description": "提供方或接收方 / provider or recipient"})


class AllocationView(RowView):
    """An allocation: used ≤ received ≤ handed_over, and handed_over + returned + lost ≤ quantity."""

    allocation_id = fields.String(attribute="id")
    offer_id = fields.String()
    need_id = fields.String()
    matching_round_id = fields.String(allow_none=True)
    project_id = fields.String(allow_none=True)
    provider_organisation_id = fields.String()
    recipient_organisation_id = fields.String(
        allow_none=True, metadata={"description": "居民需求为空 / null: a resident"}
    )
    recipient_account_id = fields.String(allow_none=True)
    received_by = fields.String(metadata={"enum": ["organisation", "resident", "proxy", None]}, allow_none=True)
    proxy_relation = fields.String(allow_none=True)
    kind = fields.String()
    unit = fields.String()
    quantity = fields.Integer()
    handed_over = fields.Integer()
    received = fields.Integer()
    returned = fields.Integer()
    lost = fields.Integer()
    used = fields.Integer()
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
    _step("release_allocation", EndAllocation, PARTIES, "释放", "Release an allocation"),
    _step("return_allocation", ReturnAllocation, WRITE, "退回", "Return what was handed over"),
    _step("lose_allocation", LoseAllocation, WRITE, "登记途中损失", "Report a loss on the way"),
    _step("resolve_allocation", ResolveAllocation, roles.STAFF, "裁定争议", "Resolve a dispute"),
    _step("dispute_allocation", EndAllocation, PARTIES, "提出异议", "Dispute an allocation"),
    rpc("get_allocation", AllocationQuery, AllocationView, roles=READ_OWN, zh="查看对接", en="Get an allocation"),
    rpc(
        "list_allocations",
        ListAllocations,
        AllocationView,
        roles=READ_OWN,
        zh="对接列表",
        en="List allocations",
        many=True,
    ),
)
