"""Callers by phone, candidates, proxies and ratings of service orders."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.evidence import expected_version
from contracts.projects.orders import ASKERS, PHONE, RELATIONS, SEERS, STREET, OnOrder, OrderPath, OrderView
from contracts.registry.personal import personal

TAKERS = (roles.STREET_STAFF, roles.GRID_WORKER, roles.BUREAU, roles.HUB)
PURPOSES = ("call_back", "visit", "emergency")


class CallerPath(Schema):
    """One caller."""

    caller_id = Id("ocl", required=True)


class FindOrderCaller(Schema):
    """Found by phone: in the body, so that no address holds one."""

    phone = fields.String(required=True, load_only=True, validate=validate.Regexp(PHONE))


class LinkOrderCaller(CallerPath):
    """The account that the caller has opened since."""

    account_id = Id("acc", required=True)
    expected_version = expected_version()


class OrderCallerView(Schema):
    """A caller, masked."""

    caller_id = fields.String(attribute="id")
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    name = personal("order_caller.name", "name")
    phone = personal("order_caller.phone", "phone")
    consented_at = Instant()
    taken_by = fields.String()
    account_id = fields.String(allow_none=True)
    linked_by = fields.String(allow_none=True)
    linked_at = Instant(allow_none=True)
    created_at = Instant()


class OrderCallersView(Schema):
    """Callers of one phone in the caller's streets."""

    items = fields.List(fields.Nested(OrderCallerView))


class DiscloseOrderCaller(OrderPath):
    """Why the name and phone are needed in full."""

    purpose = one_of(*PURPOSES, required=True)


class DisclosedCallerView(Schema):
    """In full, once; it is recorded."""

    caller_id = fields.String()
    order_id = fields.String()
    full_name = fields.String()
    full_phone = fields.String()


class OrdersView(Schema):
    """A few orders."""

    items = fields.List(fields.Nested(OrderView))


class CandidateView(Schema):
    """An organisation that might be asked, and why it stands where it stands. Each part is 0 to 100."""

    organisation_id = fields.String()
    name = fields.String()
    position = fields.Integer()
    score = fields.Integer(metadata={"description": "百分之一分 / hundredths of a point"})
    parts = fields.Dict(keys=fields.String(), values=fields.Integer())
    declined_this = fields.Boolean()
    preferred = fields.Boolean()
    open_orders = fields.Integer()
    ratings = fields.Integer()


class CandidatesView(Schema):
    """A suggestion by the published rule; staff decide."""

    items = fields.List(fields.Nested(CandidateView))
    weights = fields.Dict(keys=fields.String(), values=fields.Integer())


class NameOrderProxy(OnOrder):
    """Who may confirm for the requester."""

    account_id = Id("acc", required=True)
    relation = one_of(*RELATIONS, required=True)


class FollowUpPath(Schema):
    """One follow-up."""

    follow_up_id = Id("ofu", required=True)


class SettleFollowUp(FollowUpPath):
    """What staff found."""

    note = Text(required=True, at_least=2, at_most=500)
    expected_version = expected_version()


class FollowUpQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of("open", "settled")


class FollowUpView(Schema):
    """A follow-up of a low rating."""

    follow_up_id = fields.String(attribute="id")
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    order_id = fields.String()
    stars = fields.Integer()
    status = fields.String(metadata={"enum": ["open", "settled"]})
    note = fields.String(allow_none=True)
    settled_by = fields.String(allow_none=True)
    settled_at = Instant(allow_none=True)
    created_at = Instant()


class RatingsPath(Schema):
    """Of one organisation."""

    organisation_id = Id("org", required=True)


class RatingsView(Schema):
    """Sums alone: how many orders were rated, with how many stars."""

    organisation_id = fields.String()
    ratings = fields.Integer()
    stars_sum = fields.Integer()
    by_stars = fields.Dict(keys=fields.String(), values=fields.Integer())


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_order_caller", CallerPath, OrderCallerView, roles=TAKERS, zh="查看来电人", en="One caller"),
    rpc("list_order_callers", PageQuery, OrderCallerView, roles=TAKERS, many=True, zh="来电人列表", en="Callers"),
    command(
        "find_order_caller",
        FindOrderCaller,
        OrderCallersView,
        roles=TAKERS,
        zh="按电话查找来电人",
        en="Find a caller by phone",
        secret=True,
    ),
    command(
        "link_order_caller",
        LinkOrderCaller,
        OrderCallerView,
        roles=STREET,
        zh="来电人关联账号",
        en="Link a caller to an account",
        reread="get_order_caller",
    ),
    command(
        "disclose_order_caller",
        DiscloseOrderCaller,
        DisclosedCallerView,
        roles=(*TAKERS, roles.CSO, roles.TALENT),
        zh="查阅来电人联系方式",
        en="Show a caller's name and phone in full",
        secret=True,
    ),
    rpc("list_order_duplicates", OrderPath, OrdersView, roles=TAKERS, zh="疑似重复订单", en="Possible duplicates"),
    rpc(
        "list_order_candidates",
        OrderPath,
        CandidatesView,
        roles=(*STREET, roles.HUB),
        zh="派单建议",
        en="Suggested organisations with reasons",
    ),
    command(
        "name_order_proxy",
        NameOrderProxy,
        OrderView,
        roles=(*ASKERS, roles.BUREAU),
        zh="指定代确认人",
        en="Name who may confirm for the requester",
        reread="get_order",
    ),
    rpc("get_order_ratings", RatingsPath, RatingsView, roles=SEERS, zh="评价汇总", en="Sums of ratings"),
    rpc(
        "get_order_follow_up",
        FollowUpPath,
        FollowUpView,
        roles=(*roles.STAFF, roles.AUDITOR),
        zh="查看低分回访",
        en="One follow-up of a low rating",
    ),
    rpc(
        "list_order_follow_ups",
        FollowUpQuery,
        FollowUpView,
        roles=(*roles.STAFF, roles.AUDITOR),
        many=True,
        zh="低分回访列表",
        en="Follow-ups of low ratings",
    ),
    command(
        "settle_order_follow_up",
        SettleFollowUp,
        FollowUpView,
        roles=STREET,
        zh="办结低分回访",
        en="Settle a follow-up",
        reread="get_order_follow_up",
    ),
)
