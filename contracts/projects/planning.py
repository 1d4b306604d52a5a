"""Planning a review: sessions, absences, and plans of judges and schedules that a solver proposes and staff confirm."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from chassis.standard import JobView
from contracts import roles
from contracts.projects.rounds import ORGANISERS, RoundPath, expected_version

PLAN_KINDS = ("judges", "schedule")
PLAN_STATUSES = ("solving", "proposed", "infeasible", "confirmed", "discarded")
PANELS = ("pool", "assigned")
READERS = (*ORGANISERS, roles.AUDITOR)
ABSENTEES = (*ORGANISERS, roles.JUDGE, roles.CSO, roles.HUB)


def seed() -> fields.Integer:
    """What decides between equals; recorded, so that anyone gets the same."""
    return fields.Integer(load_default=0, strict=True, validate=validate.Range(min=0, max=2**31 - 1))


class AddSession(Schema):
    """A room for a half-day of a roadshow."""

    roadshow_id = Id("rds", required=True)
    room = Text(required=True, at_least=1, at_most=100)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class SessionPath(Schema):
    """One session of a roadshow."""

    session_id = Id("rse", required=True)


class SessionQuery(PageQuery):
    """The sessions of a roadshow."""

    roadshow_id = Id("rds", required=True)


class DeclareAbsence(RoundPath):
    """When somebody or something is not to be had: a judge, an organisation's presenters, or a room; exactly one.

    A judge declares for oneself, an organisation for itself; neither needs to name itself.
    """

    account_id = Id("acc")
    organisation_id = Id("org")
    room = Text(at_least=1, at_most=100)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class AbsencePath(Schema):
    """One absence."""

    absence_id = Id("abs", required=True)


class AbsenceQuery(PageQuery):
    """The absences of a round; judges and organisations see their own."""

    round_id = Id("rnd", required=True)


class PlanJudges(RoundPath):
    """Assign judges by solver: exactly as many per proposal as the round asks for, loads as even as can be."""

    seed = seed()


class PlanSchedule(Schema):
    """Find a schedule. ``pool``: the solver also chooses who sits in a session, and they are assigned on confirmation;
    ``assigned``: the judges assigned to a proposal must be present at its pitch."""

    roadshow_id = Id("rds", required=True)
    panels = one_of(*PANELS, load_default="pool")
    seed = seed()


class PlanPath(Schema):
    """One plan."""

    review_plan_id = Id("rvp", required=True)


class OnPlan(PlanPath):
    """A step of one plan."""

    expected_version = expected_version()


class PlanQuery(PageQuery):
    """Plans of a round."""

    round_id = Id("rnd", required=True)
    kind = one_of(*PLAN_KINDS)
    status = one_of(*PLAN_STATUSES)


class SessionView(Schema):
    """A session; ``panel``: accounts of the judges who sit in it, once a schedule is confirmed."""

    session_id = fields.String(attribute="id")
    roadshow_id = fields.String()
    room = fields.String()
    starts_at = Instant()
    ends_at = Instant()
    panel = fields.List(fields.String())
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class AbsenceView(Schema):
    """Who or what is not to be had, and when."""

    absence_id = fields.String(attribute="id")
    round_id = fields.String()
    account_id = fields.String(allow_none=True)
    organisation_id = fields.String(allow_none=True)
    room = fields.String(allow_none=True)
    starts_at = Instant()
    ends_at = Instant()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class GoalView(Schema):
    """A goal, in the order they were pursued: what was reached and what cannot be beaten."""

    name = fields.String()
    value = fields.Integer()
    bound = fields.Integer()
    status = fields.String(metadata={"enum": ["optimal", "feasible"]})


class PlacesView(Schema):
    """A session of a proposed schedule."""

    session_id = fields.String()
    judges = fields.List(fields.String())
    proposal_ids = fields.List(fields.String())


class JudgesOfView(Schema):
    """The judges proposed for a proposal."""

    proposal_id = fields.String()
    judges = fields.List(fields.String())


class FindingView(Schema):
    """Why no plan exists: one of the requirements that cannot be met together, or a proposal short of judges."""

    kind = fields.String()
    about = fields.String()
    starts_at = fields.String(allow_none=True)
    ends_at = fields.String(allow_none=True)
    needed = fields.Integer(allow_none=True)
    available = fields.Integer(allow_none=True)
    conflicts = fields.Dict(keys=fields.String(), values=fields.String())
    zh = fields.String()
    en = fields.String()


class PlanView(Schema):
    """A plan. ``optimal``: every goal proved. ``minimal``: leaving out any one finding was shown to help."""

    review_plan_id = fields.String(attribute="id")
    round_id = fields.String()
    roadshow_id = fields.String(allow_none=True)
    kind = fields.String(metadata={"enum": list(PLAN_KINDS)})
    status = fields.String(metadata={"enum": list(PLAN_STATUSES)})
    version = fields.Integer()
    panels = fields.String(allow_none=True)
    seed = fields.Integer()
    optimal = fields.Boolean()
    minimal = fields.Boolean()
    goals = fields.List(fields.Nested(GoalView))
    sessions = fields.List(fields.Nested(PlacesView))
    assignments = fields.List(fields.Nested(JudgesOfView))
    findings = fields.List(fields.Nested(FindingView))
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


def _read(
    name: str, takes: type[Schema], gives: type[Schema], who: tuple[str, ...], zh: str, en: str, *, many: bool = False
) -> Operation:
    return rpc(name, takes, gives, roles=who, zh=zh, en=en, many=many)


def _write(
    name: str,
    takes: type[Schema],
    gives: type[Schema] | None,
    zh: str,
    en: str,
    *,
    who: tuple[str, ...] = ORGANISERS,
    reread: str | None = None,
) -> Operation:
    return command(name, takes, gives, roles=who, zh=zh, en=en, reread=reread)


OPERATIONS: tuple[Operation, ...] = (
    _write("add_session", AddSession, SessionView, "增加路演场次", "Add a session", reread="get_session"),
    _write("remove_session", SessionPath, SessionView, "取消路演场次", "Remove a session nobody uses"),
    _read("get_session", SessionPath, SessionView, roles.SIGNED_IN, "查看路演场次安排", "One session"),
    _read("list_sessions", SessionQuery, SessionView, roles.SIGNED_IN, "路演场次安排", "Sessions", many=True),
    _write(
        "declare_absence",
        DeclareAbsence,
        AbsenceView,
        "登记缺席",
        "Say who or what is away, and when",
        who=ABSENTEES,
        reread="get_absence",
    ),
    _write("withdraw_absence", AbsencePath, AbsenceView, "撤销缺席登记", "Withdraw an absence", who=ABSENTEES),
    _read("get_absence", AbsencePath, AbsenceView, (*ABSENTEES, roles.AUDITOR), "查看缺席登记", "One absence"),
    _read("list_absences", AbsenceQuery, AbsenceView, (*ABSENTEES, roles.AUDITOR), "缺席登记", "Absences", many=True),
    _write("plan_judges", PlanJudges, JobView, "求解评委分配", "Find an assignment of judges"),
    _write("plan_schedule", PlanSchedule, JobView, "求解路演排期", "Find a schedule of the roadshow"),
    _read("get_review_plan", PlanPath, PlanView, READERS, "查看评审计划", "One review plan"),
    _read("list_review_plans", PlanQuery, PlanView, READERS, "评审计划", "Review plans", many=True),
    _write("confirm_review_plan", OnPlan, PlanView, "确认评审计划", "Confirm a plan", reread="get_review_plan"),
    _write("discard_review_plan", OnPlan, PlanView, "放弃评审计划", "Discard a plan", reread="get_review_plan"),
)
