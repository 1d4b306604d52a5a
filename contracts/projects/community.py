"""Community projects (社区项目): budget, sessions that hold several service orders, interest of residents."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Money, PageQuery, Text, community_code, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.community_views import FIELD as FIELD
from contracts.projects.community_views import SESSION_STATUSES as SESSION_STATUSES
from contracts.projects.community_views import STATUSES as STATUSES
from contracts.projects.community_views import (
    CommunityLine,
    CommunityProjectView,
    CommunitySessionView,
    CommunitySpendingView,
    InterestView,
    NeededService,
)
from contracts.projects.evidence import evidence_list, expected_version
from contracts.projects.orders import OrderView

STREET = (roles.STREET_STAFF, roles.BUREAU)
HOSTS = (*STREET, roles.GRID_WORKER, roles.HUB, roles.CSO)
SEERS = (*roles.READERS, roles.CSO, roles.RESIDENT, roles.GRID_WORKER, roles.TALENT)
ORDERS = ("cancel", "release")


class DraftCommunityProject(Schema):
    """No award behind it: the street or a hosting organisation brings the money."""

    title = Text(required=True, at_least=2, at_most=120)
    summary = Text(required=True, at_least=2, at_most=5000)
    fields_ = fields.List(
        fields.String(validate=validate.Regexp(FIELD)),
        required=True,
        data_key="fields",
        validate=validate.Length(min=1, max=10),
    )
    street_code = street_code(required=True)
    community_code = community_code()
    place = Text(required=True, at_least=2, at_most=200)
    starts_on = day(required=True)
    ends_on = day(required=True)
    host_organisation_id = Id("org")
    budget = Money(attribute="budget_fen", required=True)
    lines = fields.List(fields.Nested(CommunityLine), required=True, validate=validate.Length(max=40))


class CommunityPath(Schema):
    """One community project."""

    community_project_id = Id("cpj", required=True)


class OnCommunity(CommunityPath):
    """A step of one community project."""

    expected_version = expected_version()


class ChangeCommunityProject(OnCommunity):
    """Change a draft; only what is sent changes."""

    title = Text(at_least=2, at_most=120)
    summary = Text(at_least=2, at_most=5000)
    place = Text(at_least=2, at_most=200)
    starts_on = day()
    ends_on = day()
    budget = Money(attribute="budget_fen")
    lines = fields.List(fields.Nested(CommunityLine), validate=validate.Length(max=40))


class CancelCommunityProject(OnCommunity):
    """Why, and what becomes of its orders; work that has begun always goes on by itself."""

    reason = Text(required=True, at_least=2, at_most=1000)
    orders = one_of(*ORDERS, required=True)


class PlanCommunitySession(OnCommunity):
    """When, where, what is needed, and how much of the budget it may spend."""

    title = Text(required=True, at_least=2, at_most=120)
    place = Text(required=True, at_least=2, at_most=200)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    needs = fields.List(fields.Nested(NeededService), load_default=list, validate=validate.Length(max=20))
    budget = Money(attribute="budget_fen", required=True)


class SessionPath(Schema):
    """One session."""

    community_session_id = Id("csn", required=True)


class OnSession(SessionPath):
    """A step of one session."""

    expected_version = expected_version()


class ChangeCommunitySession(OnSession):
    """While it is planned; only what is sent changes."""

    title = Text(at_least=2, at_most=120)
    place = Text(at_least=2, at_most=200)
    starts_at = Instant()
    ends_at = Instant()
    needs = fields.List(fields.Nested(NeededService), validate=validate.Length(max=20))
    budget = Money(attribute="budget_fen")


class HoldCommunitySession(OnSession):
    """It took place: how many came, and photos or sheets of it."""

    attended = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1_000_000))
    summary = Text(at_most=2000, load_default="")
    evidence = evidence_list()


class CancelCommunitySession(OnSession):
    """Why, and what becomes of its orders."""

    reason = Text(required=True, at_least=2, at_most=1000)
    orders = one_of(*ORDERS, required=True)


class OrderForSession(SessionPath):
    """点单 for a session: at its time, in its street; by whoever hosts, on behalf of those who come."""

    kind = fields.String(required=True, validate=validate.Regexp(FIELD))
    title = Text(required=True, at_least=2, at_most=100)
    need = Text(at_most=1000, load_default="")


class SessionOrderPath(SessionPath):
    """One order of one session."""

    order_id = Id("ord", required=True)


class RecordCommunitySpending(SessionPath):
    """A payment of a session from a line of the budget, with its receipts."""

    line = Text(required=True, at_least=1, at_most=60)
    amount = Money(attribute="amount_fen", required=True)
    spent_on = day(required=True)
    purpose = Text(required=True, at_least=2, at_most=200)
    receipts = evidence_list(at_least=1)


class CommunityQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    street_code = street_code()
    community_code = community_code()
    host_organisation_id = Id("org")


class OfCommunityQuery(PageQuery):
    """Things of one community project."""

    community_project_id = Id("cpj", required=True)


class OfSessionQuery(PageQuery):
    """Things of one session."""

    community_session_id = Id("csn", required=True)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, CommunityProjectView, roles=who, zh=zh, en=en, reread="get_community_project")


def _session(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, CommunitySessionView, roles=HOSTS, zh=zh, en=en, reread="get_community_session")


def _list(name: str, takes: type[Schema], gives: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return rpc(name, takes, gives, roles=who, many=True, zh=zh, en=en)


_MONEY_SEERS = (*roles.READERS, roles.CSO, roles.GRID_WORKER)
OPERATIONS: tuple[Operation, ...] = (
    rpc("get_community_project", CommunityPath, CommunityProjectView, roles=SEERS, zh="查看社区项目", en="One project"),
    _list("list_community_projects", CommunityQuery, CommunityProjectView, SEERS, "社区项目列表", "Projects in scope"),
    rpc("get_community_session", SessionPath, CommunitySessionView, roles=SEERS, zh="查看场次", en="One session"),
    _list("list_community_sessions", OfCommunityQuery, CommunitySessionView, SEERS, "场次列表", "Sessions"),
    _list("list_session_orders", OfSessionQuery, OrderView, SEERS, "场次的服务单", "Orders of a session in scope"),
    _list(
        "list_community_spendings",
        OfCommunityQuery,
        CommunitySpendingView,
        _MONEY_SEERS,
        "社区项目支出",
        "Spending of a project",
    ),
    _step("draft_community_project", DraftCommunityProject, HOSTS, "起草社区项目", "Draft a community project"),
    _step("change_community_project", ChangeCommunityProject, HOSTS, "修改社区项目", "Change a draft"),
    _step("publish_community_project", OnCommunity, STREET, "发布社区项目", "Put a project online"),
    _step("start_community_project", OnCommunity, HOSTS, "启动社区项目", "Start a project"),
    _step("complete_community_project", OnCommunity, HOSTS, "社区项目完成", "All sessions are over"),
    _step("close_community_project", OnCommunity, STREET, "社区项目结项", "Close a project"),
    _step("cancel_community_project", CancelCommunityProject, STREET, "取消社区项目", "Call a project off"),
    _session("plan_community_session", PlanCommunitySession, "安排场次", "Plan a session"),
    _session("change_community_session", ChangeCommunitySession, "修改场次", "Change a planned session"),
    _session("hold_community_session", HoldCommunitySession, "场次已举办", "A session took place"),
    _session("cancel_community_session", CancelCommunitySession, "取消场次", "Call a session off"),
    command(
        "order_for_session",
        OrderForSession,
        OrderView,
        roles=HOSTS,
        zh="为场次点单",
        en="Ask for a service at a session",
        reread="get_order",
    ),
    _session("attach_session_order", SessionOrderPath, "服务单归入场次", "Put an order into a session"),
    _session("release_session_order", SessionOrderPath, "服务单移出场次", "Take an order out of a session"),
    command(
        "record_community_spending",
        RecordCommunitySpending,
        CommunitySpendingView,
        roles=HOSTS,
        zh="登记场次支出",
        en="Record spending of a session",
    ),
    command(
        "register_interest",
        CommunityPath,
        InterestView,
        roles=(roles.RESIDENT, roles.TALENT),
        zh="报名意向",
        en="Sign up interest",
    ),
    command(
        "withdraw_interest",
        CommunityPath,
        InterestView,
        roles=(roles.RESIDENT, roles.TALENT),
        zh="取消意向",
        en="Withdraw interest",
    ),
)
