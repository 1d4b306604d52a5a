"""Growth plans (成长方案): versions, comments, approval."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.shapes import NounView, day, expected_version

STATUSES = ("drafting", "submitted", "returned", "approved")
STAGES = ("start", "growth", "maturity")
AUTHORS = (roles.CSO, roles.HUB, roles.STEWARD)
APPROVERS = (roles.SPECIALIST, roles.BUREAU)
COMMENTERS = (*AUTHORS, roles.SPECIALIST, roles.STREET_STAFF, roles.BUREAU)
SEERS = (*roles.READERS, roles.CSO)


class StageGoal(Schema):
    """A goal of one stage."""

    stage = one_of(*STAGES, required=True)
    goal = Text(required=True, at_least=2, at_most=300)
    measure = Text(at_most=300, load_default="")
    due_on = day(required=True)


class PlanContent(Schema):
    """What a version says."""

    summary = Text(required=True, at_least=2, at_most=4000)
    goals = fields.List(fields.Nested(StageGoal), required=True, validate=validate.Length(min=1, max=30))


class DraftPlan(PlanContent):
    """The first version of the plan of a case."""

    case_id = Id("cas", required=True)


class PlanPath(Schema):
    """One plan."""

    plan_id = Id("pln", required=True)


class OnPlan(PlanPath):
    """A step of one plan."""

    expected_version = expected_version()


class RevisePlan(OnPlan, PlanContent):
    """A new version."""


class CommentPlan(PlanPath):
    """A remark on the current version."""

    text = Text(required=True, at_least=1, at_most=2000)


class ReturnPlan(OnPlan):
    """Back to its authors, with the reason."""

    reason = Text(required=True, at_least=2, at_most=1000)


class PlanQuery(PageQuery):
    """Filters; scope is applied besides."""

    case_id = Id("cas")
    organisation_id = Id("org")
    status = one_of(*STATUSES)


class PlanVersionView(Schema):
    """A version."""

    number = fields.Integer()
    summary = fields.String()
    goals = fields.List(fields.Nested(StageGoal))
    account_id = fields.String(allow_none=True)
    written_at = Instant()


class PlanCommentView(Schema):
    """A comment."""

    comment_id = fields.String()
    number = fields.Integer()
    account_id = fields.String(allow_none=True)
    role = fields.String()
    text = fields.String()
    written_at = Instant()


class PlanView(NounView):
    """A plan; ``number`` is its current version."""

    plan_id = fields.String()
    case_id = fields.String()
    organisation_id = fields.String()
    number = fields.Integer()
    approved_number = fields.Integer(allow_none=True)


class PlanDetail(PlanView):
    """A plan with every version and comment."""

    versions = fields.List(fields.Nested(PlanVersionView))
    comments = fields.List(fields.Nested(PlanCommentView))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, PlanDetail, roles=who, reread="get_plan", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("draft_plan", DraftPlan, AUTHORS, "编制成长方案", "Draft a growth plan"),
    _step("revise_plan", RevisePlan, AUTHORS, "修订方案", "Revise the plan"),
    _step("comment_plan", CommentPlan, COMMENTERS, "评注方案", "Comment on the plan"),
    _step("submit_plan", OnPlan, AUTHORS, "提交方案", "Submit the plan"),
    _step("approve_plan", OnPlan, APPROVERS, "批准方案", "Approve the plan"),
    _step("return_plan", ReturnPlan, APPROVERS, "退回修改", "Return the plan"),
    rpc("get_plan", PlanPath, PlanDetail, roles=SEERS, zh="查看方案", en="One plan"),
    rpc("list_plans", PlanQuery, PlanView, roles=SEERS, many=True, zh="方案列表", en="Plans"),
)
