"""A hub's incubation programme of a street: goals, period, budget; visits and training sessions count towards it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Money, PageQuery, Text, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.rulebooks import code
from contracts.registry.shapes import NounView, Reason, expected_version

STATUSES = ("draft", "active", "closed", "cancelled")
MEASURES = ("visits", "sessions", "attendances", "organisations")
DRAFTERS = (roles.HUB, roles.STREET_STAFF, roles.SPECIALIST, roles.BUREAU)
ENTRUSTERS = (roles.STREET_STAFF, roles.SPECIALIST, roles.BUREAU)


class ProgrammeGoal(Schema):
    """Something to reach: what is counted, and how much of it."""

    code = code(required=True)
    text = Text(required=True, at_least=2, at_most=300)
    measure = one_of(*MEASURES, required=True)
    target = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=100_000))


class DraftProgramme(Schema):
    """A hub drafts its own; staff name the hub. ``award_id``: the award the budget comes from, where there is one."""

    hub_id = Id("org")
    street_code = street_code(required=True)
    title = Text(required=True, at_least=2, at_most=100)
    goals = fields.List(fields.Nested(ProgrammeGoal), required=True, validate=validate.Length(min=1, max=20))
    starts_on = day(required=True)
    ends_on = day(required=True)
    budget = Money(attribute="budget_fen", load_default=0)
    award_id = Id("awd")


class ProgrammePath(Schema):
    """One programme."""

    programme_id = Id("prg", required=True)


class OnProgramme(ProgrammePath):
    """A step of one programme."""

    expected_version = expected_version()


class ProgrammeReason(ProgrammePath, Reason):
    """A step that must be explained."""


class LinkProgrammeVisit(ProgrammePath):
    """A supervision visit of the same street counts towards it."""

    visit_id = Id("vis", required=True)


class ProgrammeQuery(PageQuery):
    """Filters; scope is applied besides."""

    hub_id = Id("org")
    status = one_of(*STATUSES)
    street_code = street_code()


class GoalView(View):
    """A goal and what was reached of it."""

    code = fields.String()
    text = fields.String()
    measure = fields.String(metadata={"enum": list(MEASURES)})
    target = fields.Integer()
    reached = fields.Integer()


class ProgrammeView(NounView):
    """A programme; what was reached is counted from its held visits and closed sessions."""

    programme_id = fields.String()
    hub_id = fields.String()
    title = fields.String()
    goals = fields.List(fields.Nested(GoalView))
    starts_on = fields.Date()
    ends_on = fields.Date()
    budget = Money(attribute="budget_fen")
    award_id = fields.String(allow_none=True)
    closing_reason = fields.String(allow_none=True)
    visits = fields.Integer()
    sessions = fields.Integer()
    attendances = fields.Integer()
    organisations = fields.Integer()


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, ProgrammeView, roles=who, reread="get_programme", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("draft_programme", DraftProgramme, DRAFTERS, "编制孵化计划", "Draft a programme"),
    _step("start_programme", OnProgramme, ENTRUSTERS, "启动孵化计划", "Start a programme"),
    _step("link_programme_visit", LinkProgrammeVisit, DRAFTERS, "督导计入计划", "Count a visit"),
    _step("close_programme", ProgrammeReason, ENTRUSTERS, "办结孵化计划", "Close a programme"),
    _step("cancel_programme", ProgrammeReason, ENTRUSTERS, "取消孵化计划", "Cancel a programme"),
    rpc("get_programme", ProgrammePath, ProgrammeView, roles=roles.READERS, zh="查看孵化计划", en="One programme"),
    rpc(
        "list_programmes",
        ProgrammeQuery,
        ProgrammeView,
        roles=roles.READERS,
        many=True,
        zh="孵化计划列表",
        en="Programmes",
    ),
)
