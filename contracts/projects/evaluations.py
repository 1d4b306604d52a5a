"""Evaluations (中期与结项评估): a rubric as versioned policy, several evaluators, one score, comment and appeal."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.delivery import DOERS, SEERS, OnProject
from contracts.projects.evidence import expected_version
from contracts.projects.rules_plan import KEY

KINDS = ("mid_term", "final")
COMBINATIONS = ("mean", "trimmed_mean", "median")
STATUSES = ("scoring", "announced", "appealed", "final", "cancelled")
SHEET_STATUSES = ("open", "locked", "recused")
CONVENERS = (roles.BUREAU, roles.STREET_STAFF, roles.SPECIALIST)
EVALUATORS = (roles.JUDGE, *roles.STAFF)
MEASURES = ("improvement_plan", "follow_up_visit", "interview")  # what people then do; none happens by itself


def _between(low: int, high: int) -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=validate.Range(min=low, max=high))


class EvaluationCriterion(Schema):
    """What is looked at: its weight in the 100, its points, and the evidence it is judged by."""

    key = fields.String(required=True, validate=validate.Regexp(KEY))
    name_zh = Text(required=True, at_least=1, at_most=60)
    name_en = Text(required=True, at_least=1, at_most=120)
    weight = _between(1, 100)
    max_points = _between(1, 100)
    evidence = Text(at_most=300, load_default="")


class GradeMeasures(Schema):
    """What follows from a grade."""

    grade = one_of("A", "B", "C", required=True)
    measures = fields.List(one_of(*MEASURES), required=True, validate=validate.Length(max=3))


class RubricQuery(Schema):
    """Of which evaluation."""

    kind = one_of(*KINDS, required=True)


class SetEvaluationRubric(RubricQuery):
    """The next version; runs that began keep theirs. ``grade_…_from`` are the district's thresholds of both kinds."""

    criteria = fields.List(fields.Nested(EvaluationCriterion), required=True, validate=validate.Length(min=1, max=20))
    combination = one_of(*COMBINATIONS, load_default="mean")
    evaluators_min = _between(1, 15)
    appeal_working_days = _between(1, 60)
    grade_a_from = _between(1, 100)
    grade_b_from = _between(0, 99)
    consequences = fields.List(fields.Nested(GradeMeasures), load_default=list, validate=validate.Length(max=3))


class RubricView(Schema):
    """The rubric in force; number 0: the default that a district starts with."""

    kind = fields.String(metadata={"enum": list(KINDS)})
    number = fields.Integer()
    criteria = fields.List(fields.Nested(EvaluationCriterion))
    combination = fields.String(metadata={"enum": list(COMBINATIONS)})
    evaluators_min = fields.Integer()
    appeal_working_days = fields.Integer()
    grade_a_from = fields.Integer()
    grade_b_from = fields.Integer()
    consequences = fields.List(fields.Nested(GradeMeasures))
    district_code = fields.String()


class Evaluator(Schema):
    """Who evaluates, and what binds them: the organisation they belong to and those they mentor."""

    account_id = Id("acc", required=True)
    organisation_id = Id("org")
    mentored_organisation_ids = fields.List(Id("org"), load_default=list, validate=validate.Length(max=100))


class ConveneEvaluation(OnProject):
    """While the project is under mid-term review, or its final report is in."""

    kind = one_of(*KINDS, required=True)
    evaluators = fields.List(fields.Nested(Evaluator), required=True, validate=validate.Length(min=1, max=30))


class RunPath(Schema):
    """One evaluation."""

    evaluation_run_id = Id("evr", required=True)


class OnRun(RunPath):
    """A step of one evaluation."""

    expected_version = expected_version()


class FillEvaluationSheet(RunPath):
    """Points for every criterion; ``lock`` ends it."""

    scores = fields.Dict(
        keys=fields.String(validate=validate.Regexp(KEY)),
        values=fields.Integer(strict=True, validate=validate.Range(min=0, max=100)),
        required=True,
    )
    comment = Text(at_most=2000, load_default="")
    lock = fields.Boolean(load_default=False)


class RunReason(OnRun):
    """A step that must be explained."""

    reason = Text(required=True, at_least=2, at_most=2000)


class SettleEvaluationAppeal(RunReason):
    """Upheld: the sheets are open again. Rejected: the result is final."""

    upheld = fields.Boolean(required=True)


class RunQuery(PageQuery):
    """Filters; scope is applied besides."""

    project_id = Id("prj")
    status = one_of(*STATUSES)
    kind = one_of(*KINDS)


class CriterionScore(Schema):
    """What the evaluators gave together, out of 100."""

    key = fields.String()
    percent = fields.String(metadata={"description": "0.00–100.00"})


class SheetView(Schema):
    """An evaluator's sheet: its points are the evaluator's alone until the result is announced."""

    account_id = fields.String()
    status = fields.String(metadata={"enum": list(SHEET_STATUSES)})
    conflict = fields.String(allow_none=True)
    scores = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    comment = fields.String(allow_none=True)


class RunView(Schema):
    """An evaluation. Score and grade are null until it is announced; ``sheets``: for staff and evaluators."""

    evaluation_run_id = fields.String(attribute="id")
    project_id = fields.String()
    organisation_id = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    rubric_number = fields.Integer()
    criteria = fields.List(fields.Nested(EvaluationCriterion))
    combination = fields.String(metadata={"enum": list(COMBINATIONS)})
    evaluators = fields.Integer()
    locked = fields.Integer()
    score = fields.Integer(allow_none=True)
    grade = fields.String(allow_none=True, metadata={"enum": ["A", "B", "C", None]})
    by_criterion = fields.List(fields.Nested(CriterionScore))
    measures = fields.List(fields.String(metadata={"enum": list(MEASURES)}))
    appeal_until_on = fields.Date(allow_none=True)
    organisation_comment = fields.String(allow_none=True)
    appeal_grounds = fields.String(allow_none=True)
    finding = fields.String(allow_none=True)
    sheets = fields.List(fields.Nested(SheetView))
    announced_at = Instant(allow_none=True)
    concluded_at = Instant(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, RunView, roles=who, zh=zh, en=en, reread="get_evaluation")


SEEING = tuple(sorted({*SEERS, roles.JUDGE}))
OPERATIONS: tuple[Operation, ...] = (
    rpc("get_evaluation_rubric", RubricQuery, RubricView, roles=SEEING, zh="评估标准", en="The rubric in force"),
    command(
        "set_evaluation_rubric",
        SetEvaluationRubric,
        RubricView,
        roles=(roles.BUREAU,),
        zh="发布评估标准",
        en="Set the next version of a rubric",
    ),
    rpc("get_evaluation", RunPath, RunView, roles=SEEING, zh="查看评估", en="One evaluation"),
    rpc("list_evaluations", RunQuery, RunView, roles=SEEING, many=True, zh="评估列表", en="Evaluations in scope"),
    _step("convene_evaluation", ConveneEvaluation, CONVENERS, "组织评估", "Name the evaluators of a project"),
    _step("declare_evaluation_conflict", RunReason, EVALUATORS, "申报回避", "Declare a conflict of interest"),
    _step("fill_evaluation_sheet", FillEvaluationSheet, EVALUATORS, "填写评分表", "Score, and lock"),
    _step("announce_evaluation", OnRun, CONVENERS, "公布评估结果", "Announce the result"),
    _step("comment_evaluation", RunReason, DOERS, "对评估结果发表意见", "Comment on the result"),
    _step("accept_evaluation", OnRun, DOERS, "认可评估结果", "Accept the result before the days are over"),
    _step("appeal_evaluation", RunReason, DOERS, "对评估结果申诉", "Appeal against the result"),
    _step("settle_evaluation_appeal", SettleEvaluationAppeal, (roles.BUREAU,), "处理评估申诉", "Decide the appeal"),
    _step("cancel_evaluation", RunReason, CONVENERS, "撤销评估", "Call an evaluation off"),
)
