"""Service orders (点单/制单/派单/接单/评单): operations and shapes."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, community_code, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.evidence import evidence_list, expected_version
from contracts.projects.order_views import STATUSES as STATUSES
from contracts.projects.order_views import OrderView as OrderView

RELATIONS = ("family", "neighbour", "grid_worker", "staff", "hub", "other")
PHONE = r"^\+?[0-9][0-9 -]{5,18}[0-9]\Z"
ASKERS = (roles.RESIDENT, roles.STREET_STAFF, roles.GRID_WORKER, roles.HUB, roles.CSO)
DOERS = (roles.CSO, roles.HUB, roles.TALENT)
STREET = (roles.STREET_STAFF, roles.BUREAU)
PARTIES = (*ASKERS, *STREET, roles.TALENT)
SEERS = (*roles.READERS, roles.CSO, roles.RESIDENT, roles.GRID_WORKER, roles.TALENT)
_LATITUDE = validate.Range(min=-90, max=90)
_LONGITUDE = validate.Range(min=-180, max=180)


def _kind(*, required: bool = False) -> fields.String:
    return fields.String(validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"), required=required)


class OrderPath(Schema):
    """One order."""

    order_id = Id("ord", required=True)


class OnOrder(OrderPath):
    """A step of one order."""

    expected_version = expected_version()


class OrderReason(OnOrder):
    """A step that must be explained."""

    reason = Text(required=True, at_least=2, at_most=500)


class OrderCallerInput(Schema):
    """Somebody without an account who asked by phone, and agreed that it is written down."""

    name = Text(required=True, at_least=1, at_most=40, load_only=True)
    phone = fields.String(required=True, load_only=True, validate=validate.Regexp(PHONE))
    consent = fields.Boolean(required=True)


class RequestOrder(Schema):
    """点单. Staff, grid workers and hubs may ask for a resident: an account, or a ``caller`` by phone."""

    kind = _kind(required=True)
    title = Text(required=True, at_least=2, at_most=100)
    need = Text(at_most=1000, load_default="")
    street_code = street_code(required=True)
    community_code = community_code()
    requester_account_id = Id("acc")
    caller = fields.Nested(OrderCallerInput, load_only=True)
    callback = fields.Boolean(load_default=False)
    latitude = fields.Float(
        validate=_LATITUDE, metadata={"description": "服务地点，只保留三位小数 / kept to 3 decimals"}
    )
    longitude = fields.Float(validate=_LONGITUDE)
    wanted_from = Instant()
    wanted_until = Instant()


class VerifyOrder(OnOrder):
    """制单: what exactly is to be done."""

    kind = _kind()
    title = Text(at_least=2, at_most=100)
    minutes = fields.Integer(validate=validate.Range(min=5, max=10_080), load_default=60)
    risky = fields.Boolean(load_default=False)
    note = Text(at_most=500)


class OfferOrder(OnOrder):
    """派单: organisations, asked in turn or all at once; or one talent, when the street staffs it itself."""

    organisation_ids = fields.List(Id("org"), validate=validate.Length(max=20), load_default=list)
    talent_account_id = Id("acc")
    at_once = fields.Boolean(
        load_default=False, metadata={"description": "同时询问，先接先得 / all at once: the first to accept has it"}
    )


class AcceptOrder(OnOrder):
    """接单. Where the task is risky: each is a fact on record (credentials), or stated where the kind lets it be."""

    skilled = fields.Boolean(load_default=False)
    trained = fields.Boolean(load_default=False)
    of_age = fields.Boolean(load_default=False)
    insured = fields.Boolean(load_default=False)


class ScheduleOrder(OnOrder):
    """An appointment."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    team = Text(at_least=1, at_most=40, metadata={"description": "队伍，同一队伍不重复预约 / is never booked twice"})
    resident_consented = fields.Boolean(load_default=False)
    outside_hours_reason = Text(at_least=2, at_most=200)


class CheckInOrder(OnOrder):
    """Being there. Coordinates are compared and forgotten; outside the radius or without them: a reason."""

    latitude = fields.Float(validate=_LATITUDE)
    longitude = fields.Float(validate=_LONGITUDE)
    reason = Text(at_least=2, at_most=500)


class DeliverOrder(OnOrder):
    """Done, with evidence from the file store."""

    minutes = fields.Integer(required=True, validate=validate.Range(min=1, max=10_080))
    summary = Text(at_most=1000, load_default="")
    evidence = evidence_list()


class ConfirmOrder(OnOrder):
    """By the requester; anybody else is a proxy and says why, and how they stand to the requester."""

    proxy_reason = Text(at_least=2, at_most=500)
    relation = one_of(*RELATIONS)


class RateOrder(OnOrder):
    """评单."""

    stars = fields.Integer(required=True, validate=validate.Range(min=1, max=5))
    comment = Text(at_most=500, load_default="")


class ReportNoShow(OrderReason):
    """Who did not come."""

    by = one_of("provider", "resident", required=True)


class ResolveOrder(OrderReason):
    """Staff settle a dispute."""

    outcome = one_of("upheld", "rejected", "settled", required=True)
    redo = fields.Boolean(load_default=False, metadata={"description": "重新派单 / offered again"})
    hours_void = fields.Boolean(load_default=False, metadata={"description": "时长作废 / the hours do not count"})


class OrderQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    kind = _kind()
    street_code = street_code()
    organisation_id = Id("org")
    escalated = fields.Boolean()
    open_claim = fields.Boolean()
    overdue = fields.Boolean()
    series_id = Id("osr")
    caller_id = Id("ocl")


class OrderCountView(Schema):
    """How many orders of a street are in a state."""

    street_code = fields.String()
    status = fields.String()
    count = fields.Integer()


class OrderCountsView(Schema):
    """Counts within the caller's scope."""

    items = fields.List(fields.Nested(OrderCountView))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, OrderView, roles=who, zh=zh, en=en, reread="get_order")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_order", OrderPath, OrderView, roles=SEERS, zh="查看订单", en="One order"),
    rpc("list_orders", OrderQuery, OrderView, roles=SEERS, many=True, zh="订单列表", en="Orders in scope"),
    rpc("count_orders", None, OrderCountsView, roles=roles.READERS, zh="订单计数", en="Orders by street and state"),
    _step("request_order", RequestOrder, ASKERS, "点单", "Ask for a service"),
    _step("verify_order", VerifyOrder, STREET, "核实并制单", "Verify and shape"),
    _step("offer_order", OfferOrder, (*STREET, roles.HUB), "派单", "Offer to organisations in turn, or to a talent"),
    _step("open_order", OnOrder, STREET, "开放抢单", "Open to claims"),
    _step("claim_order", AcceptOrder, (roles.CSO, roles.HUB), "抢单", "Claim"),
    _step("accept_order", AcceptOrder, DOERS, "接单", "Accept"),
    _step("decline_order", OrderReason, DOERS, "婉拒", "Decline"),
    _step("schedule_order", ScheduleOrder, (*DOERS, *STREET), "预约时间", "Make the appointment"),
    _step("check_in_order", CheckInOrder, DOERS, "签到", "Check in"),
    _step("deliver_order", DeliverOrder, DOERS, "完成服务", "Deliver with evidence"),
    _step("confirm_order", ConfirmOrder, (*ASKERS, roles.BUREAU), "确认完成", "Confirm"),
    _step("rate_order", RateOrder, ASKERS, "评单", "Rate"),
    _step("seal_order", OnOrder, STREET, "归档", "Seal"),
    _step("report_order_no_show", ReportNoShow, PARTIES, "报告爽约", "Report a no-show"),
    _step("dispute_order", OrderReason, PARTIES, "提出异议", "Dispute"),
    _step("resolve_order", ResolveOrder, STREET, "处理异议", "Resolve a dispute"),
    _step("give_back_order", OrderReason, DOERS, "退回订单", "Give back what was accepted"),
    _step("agree_order_move", OnOrder, (*ASKERS, roles.BUREAU), "同意改约", "Agree to the moved appointment"),
    _step("cancel_order", OrderReason, PARTIES, "取消订单", "Cancel"),
)
