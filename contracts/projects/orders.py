"""Service orders (点单/制单/派单/接单/评单): operations and shapes."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, community_code, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.evidence import EvidenceView, evidence_list, expected_version

STATUSES = (
    "requested",
    "verified",
    "offered",
    "accepted",
    "declined",
    "expired",
    "scheduled",
    "checked_in",
    "delivered",
    "confirmed",
    "rated",
    "sealed",
    "no_show",
    "disputed",
    "resolved",
    "cancelled",
)
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


class RequestOrder(Schema):
    """点单. Staff, grid workers and hubs may ask for a resident: ``requester_account_id``, or none (by phone)."""

    kind = _kind(required=True)
    title = Text(required=True, at_least=2, at_most=100)
    need = Text(at_most=1000, load_default="")
    street_code = street_code(required=True)
    community_code = community_code()
    requester_account_id = Id("acc")
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
    """派单: ranked organisations, asked one after the other; or one talent, when the street staffs it itself."""

    organisation_ids = fields.List(Id("org"), validate=validate.Length(max=20), load_default=list)
    talent_account_id = Id("acc")


class AcceptOrder(OnOrder):
    """接单. The four statements are required where the task is risky."""

    skilled = fields.Boolean(load_default=False)
    trained = fields.Boolean(load_default=False)
    of_age = fields.Boolean(load_default=False)
    insured = fields.Boolean(load_default=False)


class ScheduleOrder(OnOrder):
    """An appointment."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


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
    """By the requester; anybody else is a proxy and says why."""

    proxy_reason = Text(at_least=2, at_most=500)


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


class OrderQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    kind = _kind()
    street_code = street_code()
    organisation_id = Id("org")
    escalated = fields.Boolean()
    open_claim = fields.Boolean()


class OrderOfferView(Schema):
    """One offer of the order, in the order asked."""

    rank = fields.Integer()
    organisation_id = fields.String(allow_none=True)
    account_id = fields.String(allow_none=True)
    status = fields.String(metadata={"enum": ["offered", "open", "accepted", "declined", "expired", "withdrawn"]})
    offered_at = Instant()
    expires_at = Instant()
    answered_at = Instant(allow_none=True)
    reason = fields.String(allow_none=True)


class OrderView(Schema):
    """A service order."""

    order_id = fields.String(attribute="id")
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String()
    community_code = fields.String(allow_none=True)
    kind = fields.String()
    title = fields.String()
    need = fields.String()
    requester_account_id = fields.String(metadata={"description": "第一求助人，永不改变 / never changes"})
    requested_by_account_id = fields.String()
    on_behalf = fields.Boolean()
    wanted_from = Instant(allow_none=True)
    wanted_until = Instant(allow_none=True)
    risky = fields.Boolean()
    minutes = fields.Integer(allow_none=True)
    organisation_id = fields.String(allow_none=True)
    talent_account_id = fields.String(allow_none=True)
    open_claim = fields.Boolean()
    escalated = fields.Boolean()
    offer_expires_at = Instant(allow_none=True)
    starts_at = Instant(allow_none=True)
    ends_at = Instant(allow_none=True)
    within_radius = fields.Boolean(allow_none=True)
    distance_m = fields.Integer(allow_none=True)
    check_in_reason = fields.String(allow_none=True)
    delivered_minutes = fields.Integer(allow_none=True)
    summary = fields.String(allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceView))
    confirmed_by = fields.String(allow_none=True, metadata={"enum": ["resident", "proxy", "clock", None]})
    stars = fields.Integer(allow_none=True)
    comment = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    no_show_by = fields.String(allow_none=True)
    offers = fields.List(fields.Nested(OrderOfferView))
    created_at = Instant()


class OrderKindPath(Schema):
    """One kind of service."""

    kind = _kind(required=True)


class SetOrderKind(OrderKindPath):
    """A kind of service with its clocks: policy of the district."""

    name_zh = Text(required=True, at_least=1, at_most=40)
    name_en = Text(required=True, at_least=1, at_most=80)
    offer_minutes = fields.Integer(required=True, validate=validate.Range(min=5, max=43_200))
    confirm_days = fields.Integer(required=True, validate=validate.Range(min=1, max=90))
    radius_m = fields.Integer(required=True, validate=validate.Range(min=50, max=20_000))
    open_orders_max = fields.Integer(required=True, validate=validate.Range(min=1, max=10_000))
    evidence_required = fields.Boolean(load_default=True)


class OrderKindView(SetOrderKind):
    """A kind of service."""

    kind = fields.String()
    district_code = fields.String()


class OrderCountView(Schema):
    """How many orders of a street are in a state."""

    street_code = fields.String()
    status = fields.String()
    count = fields.Integer()


class OrderCountsView(Schema):
    """Counts within the caller's scope."""

    items = fields.List(fields.Nested(OrderCountView))


class OrderKindsView(Schema):
    """Every kind of the district."""

    items = fields.List(fields.Nested(OrderKindView))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, OrderView, roles=who, zh=zh, en=en, reread="get_order")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_order", OrderPath, OrderView, roles=SEERS, zh="查看订单", en="One order"),
    rpc("list_orders", OrderQuery, OrderView, roles=SEERS, many=True, zh="订单列表", en="Orders in scope"),
    rpc("count_orders", None, OrderCountsView, roles=roles.READERS, zh="订单计数", en="Orders by street and state"),
    rpc("list_order_kinds", None, OrderKindsView, roles=roles.SIGNED_IN, zh="服务种类", en="Kinds of service"),
    command(
        "set_order_kind",
        SetOrderKind,
        OrderKindView,
        roles=(roles.BUREAU,),
        zh="设定服务种类与时限",
        en="Set a kind of service and its clocks",
    ),
    _step("request_order", RequestOrder, ASKERS, "点单", "Ask for a service"),
    _step("verify_order", VerifyOrder, STREET, "核实并制单", "Verify and shape"),
    _step("offer_order", OfferOrder, STREET, "派单", "Offer to organisations in turn, or to a talent"),
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
    _step("cancel_order", OrderReason, PARTIES, "取消订单", "Cancel"),
)
