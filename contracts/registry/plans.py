"""Growth plans (成长方案): versions, comments, approval."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.shapes import Evidence, NounView, evidence_list, expected_version

STATUSES = ("drafting", "submitted", "returned", "approved")
STAGES = ("start", "growth", "maturity")
SECTIONS = ("summary", *STAGES)
GOAL_OUTCOMES = ("met", "partly", "missed")
AUTHORS = (roles.CSO, roles.HUB, roles.STEWARD)
APPROVERS = (roles.SPECIALIST, roles.BUREAU)
REVIEWERS = (roles.STEWARD, roles.SPECIALIST, roles.HUB, roles.STREET_STAFF, roles.BUREAU)
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
    section = one_of(*SECTIONS, metadata={"description": "评注的部分，默认全文 / the part it is about; else the whole"})


class ComparePlanVersions(PlanPath):
    """What changed from one version to another."""

    older = fields.Integer(required=True, validate=validate.Range(min=1, max=10_000))
    newer = fields.Integer(required=True, validate=validate.Range(min=1, max=10_000))


class ReviewStageGoal(PlanPath):
    """How a goal of the approved version went; ``goal`` counts from 1 in the version's order."""

    goal = fields.Integer(required=True, validate=validate.Range(min=1, max=30))
    outcome = one_of(*GOAL_OUTCOMES, required=True)
    note = Text(required=True, at_least=2, at_most=1000)
    evidence = evidence_list()


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
    section = fields.String(allow_none=True, metadata={"enum": [*SECTIONS, None]})
    text = fields.String()
    written_at = Instant()


class StageReviewView(Schema):
    """How a goal of a version went, as somebody saw it; later ones do not delete earlier ones."""

    number = fields.Integer()
    goal = fields.Integer()
    outcome = fields.String(metadata={"enum": list(GOAL_OUTCOMES)})
    note = fields.String()
    evidence = fields.List(fields.Nested(Evidence))
    account_id = fields.String(allow_none=True)
    role = fields.String()
    reviewed_at = Instant()


class LineChange(Schema):
    """A line of text that is in both, only in the newer, or only in the older version."""

    change = fields.String(metadata={"enum": ["same", "added", "removed"]})
    text = fields.String()


class GoalChange(Schema):
    """A goal that was added, removed or changed; ``fields`` maps a changed field to its old and new value."""

    change = fields.String(metadata={"enum": ["added", "removed", "changed"]})
    stage = fields.String(metadata={"enum": list(STAGES)})
    goal = fields.String()
    before = fields.Integer(allow_none=True)
    after = fields.Integer(allow_none=True)
    fields_ = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), data_key="fields", attribute="fields"
    )


class PlanComparison(Schema):
    """What changed: the summary by line, the goals by goal; what is not named did not change."""

    plan_id = fields.String()
    older = fields.Integer()
    newer = fields.Integer()
    summary = fields.List(fields.Nested(LineChange))
    goals = fields.List(fields.Nested(GoalChange))
    unchanged_goals = fields.Integer()


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
    reviews = fields.List(fields.Nested(StageReviewView))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, PlanDetail, roles=who, reread="get_plan", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("draft_plan", DraftPlan, AUTHORS, "编制成长方案", "Draft a growth plan"),
    _step("revise_plan", RevisePlan, AUTHORS, "修订方案", "Revise the plan"),
    _step("comment_plan", CommentPlan, COMMENTERS, "评注方案", "Comment on the plan"),
    _step("submit_plan", OnPlan, AUTHORS, "提交方案", "Submit the plan"),
    _step("approve_plan", OnPlan, APPROVERS, "批准方案", "Approve the plan"),
    _step("return_plan", ReturnPlan, APPROVERS, "退回修改", "Return the plan"),
    _step("review_stage_goal", ReviewStageGoal, REVIEWERS, "阶段目标检查", "Review a stage goal"),
    rpc(
        "compare_plan_versions",
        ComparePlanVersions,
        PlanComparison,
        roles=SEERS,
        zh="对比方案版本",
        en="Compare two versions",
    ),
    rpc("get_plan", PlanPath, PlanDetail, roles=SEERS, zh="查看方案", en="One plan"),
    rpc("list_plans", PlanQuery, PlanView, roles=SEERS, many=True, zh="方案列表", en="Plans"),
)
