"""Assessments (评估): several assessors, a published rubric, a grade with an end, appeals and visible corrections."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.grades import EVERY_GRADE
from contracts.registry.rulebooks import code
from contracts.registry.shapes import Evidence, NounView, Reason, evidence_list, expected_version

STATUSES = (
    "planned",
    "scoring",
    "tallied",
    "published",
    "appealed",
    "confirmed",
    "expired",
    "revoked",
    "superseded",
    "cancelled",
)
SHEET_STATUSES = ("assigned", "submitted", "locked", "recused")
CORRECTION_STATUSES = ("proposed", "approved", "refused")
APPEAL_STATUSES = ("open", "proposed", "upheld", "dismissed")
ORGANISERS = (roles.BUREAU, roles.SPECIALIST)
ASSESSORS = (roles.JUDGE, roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF, roles.HUB)
SEERS = (*roles.READERS, roles.CSO, roles.JUDGE)


class PlanAssessment(Schema):
    """By a rubric in force, for an organisation of the rubric's tier."""

    organisation_id = Id("org", required=True)
    rulebook_id = Id("rul", required=True)
    purpose = Text(at_most=300, load_default="")


class AssessmentPath(Schema):
    """One assessment."""

    assessment_id = Id("asm", required=True)


class OnAssessment(AssessmentPath):
    """A step of one assessment."""

    expected_version = expected_version()


class AssessmentReason(AssessmentPath, Reason):
    """A step that must be explained."""


class AssignAssessor(AssessmentPath):
    """Refused where the account is connected with the organisation: its member, its hub's, or of its service team."""

    account_id = Id("acc", required=True)


class SheetPath(Schema):
    """One assessor's sheet."""

    assessment_sheet_id = Id("ash", required=True)


class CriterionScore(Schema):
    """One criterion on its scale, with what it rests on."""

    criterion = code(required=True)
    score = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1000))
    comment = Text(at_most=1000, load_default="")
    evidence = evidence_list()


class ScoreAssessment(SheetPath):
    """Scores of one's own sheet; a criterion scored again is overwritten until the sheet is submitted."""

    scores = fields.List(fields.Nested(CriterionScore), required=True, validate=validate.Length(min=1, max=60))


class RecuseAssessor(SheetPath):
    """An assessor stands aside, or is found to be connected."""

    reason = Text(required=True, at_least=2, at_most=500)


class ProposeCorrection(SheetPath):
    """A locked score was wrong; somebody else decides."""

    criterion = code(required=True)
    score = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1000))
    reason = Text(required=True, at_least=2, at_most=500)


class DecideCorrection(AssessmentPath):
    """By another person than the one who proposed it."""

    correction_id = Id("acr", required=True)
    approved = fields.Boolean(required=True)
    reason = Text(at_most=500, load_default="")


class AppealAssessment(AssessmentPath):
    """By the organisation or its hub, in time."""

    text = Text(required=True, at_least=2, at_most=4000)
    evidence = evidence_list()


class AppealPath(AssessmentPath):
    """One appeal."""

    appeal_id = Id("aap", required=True)


class ProposeAppealOutcome(AppealPath):
    """The first of two people; ``upheld`` needs a correction approved since the appeal."""

    outcome = one_of("upheld", "dismissed", required=True)
    reason = Text(required=True, at_least=2, at_most=1000)


class DecideAppealOutcome(AppealPath):
    """The second of two people; refusing opens the appeal again."""

    approved = fields.Boolean(required=True)
    reason = Text(at_most=500, load_default="")


class AssessmentQuery(PageQuery):
    """Filters; scope is applied besides."""

    organisation_id = Id("org")
    rulebook_id = Id("rul")
    status = one_of(*STATUSES)
    street_code = street_code()
    grade = one_of(*EVERY_GRADE)


class SheetQuery(PageQuery):
    """One's own sheets."""

    assessment_id = Id("asm")
    status = one_of(*SHEET_STATUSES)


class ScoreView(View):
    """A score and what it rests on."""

    criterion = fields.String()
    score = fields.Integer()
    comment = fields.String()
    evidence = fields.List(fields.Nested(Evidence))


class SheetView(NounView):
    """An assessor's sheet. Others than the assessor see its scores once it is locked and the tally is made."""

    assessment_sheet_id = fields.String()
    assessment_id = fields.String()
    organisation_id = fields.String()
    account_id = fields.String(allow_none=True)
    recusal_reason = fields.String(allow_none=True)
    submitted_at = Instant(allow_none=True)
    locked_at = Instant(allow_none=True)
    scores = fields.List(fields.Nested(ScoreView), allow_none=True)


class CorrectionView(View):
    """What a locked score was, what it is to be, and the two people."""

    correction_id = fields.String()
    assessment_sheet_id = fields.String()
    criterion = fields.String()
    was = fields.Integer()
    became = fields.Integer()
    reason = fields.String()
    status = fields.String(metadata={"enum": list(CORRECTION_STATUSES)})
    proposed_by = fields.String(allow_none=True)
    decided_by = fields.String(allow_none=True)
    proposed_at = Instant()
    decided_at = Instant(allow_none=True)


class AppealView(View):
    """An appeal and how it was settled."""

    appeal_id = fields.String()
    text = fields.String()
    evidence = fields.List(fields.Nested(Evidence))
    status = fields.String(metadata={"enum": list(APPEAL_STATUSES)})
    outcome = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    raised_at = Instant()
    settled_at = Instant(allow_none=True)


class CriterionResult(View):
    """The panel's mean of one criterion, in hundredths of a point of 100."""

    criterion = fields.String()
    weight = fields.Integer()
    score_hundredths = fields.Integer()


class AssessmentView(NounView):
    """Score in hundredths of a point of 100; it, the grade and the criteria stay closed until their time."""

    assessment_id = fields.String()
    organisation_id = fields.String()
    rulebook_id = fields.String()
    purpose = fields.String()
    score_hundredths = fields.Integer(allow_none=True)
    grade = fields.String(allow_none=True)
    published_at = Instant(allow_none=True)
    appeal_until = Instant(allow_none=True)
    graded_on = fields.Date(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    ended_reason = fields.String(allow_none=True)


class AssessmentDetail(AssessmentView):
    """With the panel, the criteria, corrections and appeals."""

    sheets = fields.List(fields.Nested(SheetView))
    criteria = fields.List(fields.Nested(CriterionResult))
    corrections = fields.List(fields.Nested(CorrectionView))
    appeals = fields.List(fields.Nested(AppealView))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, AssessmentDetail, roles=who, reread="get_assessment", zh=zh, en=en)


def _sheet(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, SheetView, roles=who, reread="get_assessment_sheet", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("plan_assessment", PlanAssessment, ORGANISERS, "发起评估", "Plan an assessment"),
    _step("assign_assessor", AssignAssessor, ORGANISERS, "指派评估员", "Assign an assessor"),
    _step("open_assessment", OnAssessment, ORGANISERS, "开始评分", "Open scoring"),
    _sheet("score_assessment", ScoreAssessment, ASSESSORS, "评分", "Score one's sheet"),
    _sheet("submit_assessment_sheet", SheetPath, ASSESSORS, "提交评估表", "Submit one's sheet"),
    _sheet("recuse_assessor", RecuseAssessor, ASSESSORS, "回避", "Stand aside"),
    _sheet("lock_assessment_sheet", SheetPath, ORGANISERS, "锁定评估表", "Lock a sheet"),
    _step("tally_assessment", OnAssessment, ORGANISERS, "汇总得分", "Tally the sheets"),
    _step("publish_assessment", OnAssessment, (roles.BUREAU,), "公布结果", "Publish the result"),
    _step("propose_score_correction", ProposeCorrection, ORGANISERS, "提出评分更正", "Propose a correction"),
    _step("decide_score_correction", DecideCorrection, ORGANISERS, "复核评分更正", "Decide a correction"),
    _step("appeal_assessment", AppealAssessment, (roles.CSO, roles.HUB), "申诉", "Appeal"),
    _step("propose_appeal_outcome", ProposeAppealOutcome, ORGANISERS, "提出申诉处理意见", "Propose an outcome"),
    _step("decide_appeal_outcome", DecideAppealOutcome, (roles.BUREAU,), "复核申诉处理意见", "Decide an outcome"),
    _step("confirm_assessment", OnAssessment, (roles.BUREAU,), "确认等级", "Confirm the grade"),
    _step("revoke_assessment", AssessmentReason, (roles.BUREAU,), "取消等级", "Revoke the grade"),
    _step("cancel_assessment", AssessmentReason, ORGANISERS, "终止评估", "Cancel an assessment"),
    rpc("get_assessment", AssessmentPath, AssessmentDetail, roles=SEERS, zh="查看评估", en="One assessment"),
    rpc("list_assessments", AssessmentQuery, AssessmentView, roles=SEERS, many=True, zh="评估列表", en="Assessments"),
    rpc("get_assessment_sheet", SheetPath, SheetView, roles=ASSESSORS, zh="查看评估表", en="One sheet"),
    rpc(
        "list_assessment_sheets",
        SheetQuery,
        SheetView,
        roles=ASSESSORS,
        many=True,
        zh="我的评估表",
        en="One's own sheets",
    ),
)
