"""Review (评审): the judges' panel, conflicts of interest, score sheets and their corrections."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.proposals import ProposalPath
from contracts.projects.rounds import ORGANISERS, RoundPath, field_code

_MANY = validate.Range(min=1, max=500)
CONFLICTS = ("same_organisation", "hub", "mentor", "funder", "declared")


class AddJudge(RoundPath):
    """A judge of the round's panel: organisations mentored, fields of expertise, and how much at most."""

    account_id = Id("acc", required=True)
    mentored_organisation_ids = fields.List(Id("org"), load_default=list, validate=validate.Length(max=100))
    fields_ = fields.List(
        field_code(), attribute="fields", data_key="fields", load_default=list, validate=validate.Length(max=20)
    )
    proposals_at_most = fields.Integer(allow_none=True, load_default=None, strict=True, validate=_MANY)
    sessions_at_most = fields.Integer(allow_none=True, load_default=None, strict=True, validate=_MANY)


class DeclareConflict(ProposalPath):
    """A judge steps back from one proposal."""

    reason = Text(required=True, at_least=2, at_most=500)


class FillScoreSheet(ProposalPath):
    """Points per criterion; ``lock`` ends it."""

    scores = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"^[a-z_]{1,40}\Z")),
        values=fields.Integer(strict=True, validate=validate.Range(min=0, max=1000)),
        required=True,
        validate=validate.Length(min=1, max=20),
    )
    comment = Text(at_most=2000, load_default="")
    lock = fields.Boolean(load_default=False)


class SheetPath(Schema):
    """One score sheet."""

    sheet_id = Id("sht", required=True)


class CorrectScore(SheetPath):
    """A visible correction of a locked sheet; it takes effect once a second person signs."""

    scores = fields.Dict(
        keys=fields.String(validate=validate.Regexp(r"^[a-z_]{1,40}\Z")),
        values=fields.Integer(strict=True, validate=validate.Range(min=0, max=1000)),
        required=True,
        validate=validate.Length(min=1, max=20),
    )
    reason = Text(required=True, at_least=2, at_most=1000)


class CorrectionPath(Schema):
    """One correction."""

    correction_id = Id("cor", required=True)


class OfRoundQuery(PageQuery):
    """Things of one round."""

    round_id = Id("rnd", required=True)


class SheetQuery(PageQuery):
    """A judge sees their own sheets; staff see all, without points until the results are published."""

    round_id = Id("rnd")
    proposal_id = Id("prp")


class JudgeView(Schema):
    """A member of the panel."""

    judge_id = fields.String(attribute="id")
    round_id = fields.String()
    account_id = fields.String()
    organisation_id = fields.String(allow_none=True)
    mentored_organisation_ids = fields.List(fields.String())
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields")
    proposals_at_most = fields.Integer(allow_none=True)
    sessions_at_most = fields.Integer(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class AssignmentView(Schema):
    """Which judge scores which proposal, or why not."""

    assignment_id = fields.String(attribute="id")
    round_id = fields.String()
    proposal_id = fields.String()
    judge_account_id = fields.String()
    recused = fields.Boolean()
    conflict = fields.String(allow_none=True, metadata={"enum": [*CONFLICTS, None]})
    conflict_note = fields.String(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class AssignedView(Schema):
    """What assigning did; ``short`` lists proposals with fewer judges than the round asks for."""

    round_id = fields.String()
    assigned = fields.Integer()
    recused = fields.Integer()
    short = fields.List(fields.String())


class ScoreSheetView(Schema):
    """A sheet. ``scores`` is null for everybody but the judge until the results are published."""

    sheet_id = fields.String(attribute="id")
    round_id = fields.String()
    proposal_id = fields.String()
    judge_account_id = fields.String()
    status = fields.String(metadata={"enum": ["open", "locked"]})
    version = fields.Integer()
    scores = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    comment = fields.String(allow_none=True)
    corrected = fields.Boolean()
    locked_at = Instant(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class CorrectionView(Schema):
    """A correction of a locked sheet and who signed it."""

    correction_id = fields.String(attribute="id")
    sheet_id = fields.String()
    status = fields.String(metadata={"enum": ["asked", "signed"]})
    version = fields.Integer()
    reason = fields.String()
    first_signer = fields.String()
    second_signer = fields.String(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


SEERS = (*roles.STAFF, roles.AUDITOR, roles.JUDGE)
OPERATIONS: tuple[Operation, ...] = (
    command("add_judge", AddJudge, JudgeView, roles=ORGANISERS, zh="聘请评委", en="Add a judge to the panel"),
    rpc("list_judges", OfRoundQuery, JudgeView, roles=SEERS, many=True, zh="评委名单", en="Judges of a round"),
    command(
        "assign_judges",
        RoundPath,
        AssignedView,
        roles=ORGANISERS,
        zh="分配评委并计算回避",
        en="Assign judges; conflicts are computed",
    ),
    rpc(
        "list_assignments",
        OfRoundQuery,
        AssignmentView,
        roles=SEERS,
        many=True,
        zh="评审分工",
        en="Assignments and recusals",
    ),
    command(
        "declare_conflict",
        DeclareConflict,
        AssignmentView,
        roles=(roles.JUDGE,),
        zh="申报回避",
        en="Declare a conflict of interest",
    ),
    command(
        "fill_score_sheet",
        FillScoreSheet,
        ScoreSheetView,
        roles=(roles.JUDGE,),
        zh="评分",
        en="Score a proposal",
        reread="get_score_sheet",
    ),
    command(
        "lock_score_sheet",
        SheetPath,
        ScoreSheetView,
        roles=(roles.JUDGE,),
        zh="锁定评分",
        en="Lock a sheet",
        reread="get_score_sheet",
    ),
    rpc("get_score_sheet", SheetPath, ScoreSheetView, roles=SEERS, zh="查看评分表", en="One score sheet"),
    rpc("list_score_sheets", SheetQuery, ScoreSheetView, roles=SEERS, many=True, zh="评分表", en="Score sheets"),
    command(
        "correct_score",
        CorrectScore,
        CorrectionView,
        roles=(roles.JUDGE, *ORGANISERS),
        zh="申请更正评分",
        en="Ask to correct a locked sheet (first signer)",
        reread="get_score_correction",
    ),
    command(
        "sign_score_correction",
        CorrectionPath,
        CorrectionView,
        roles=(roles.JUDGE, *ORGANISERS),
        zh="签署更正",
        en="Sign a correction (second signer)",
        reread="get_score_correction",
    ),
    rpc(
        "list_score_corrections",
        OfRoundQuery,
        CorrectionView,
        roles=SEERS,
        many=True,
        zh="评分更正记录",
        en="Corrections of a round's sheets",
    ),
    rpc("get_score_correction", CorrectionPath, CorrectionView, roles=SEERS, zh="查看更正", en="One correction"),
)
