"""Needs surveys (需求调研): questions before the call, answered by organisations, communities and residents."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.rounds import ORGANISERS, RoundPath, expected_version, field_code

STATUSES = ("draft", "open", "closed", "dropped")
QUESTION_KINDS = ("single", "multiple", "scale", "text")
RESPONDENTS = ("organisation", "community", "resident")
ANSWERERS = (roles.CSO, roles.HUB, roles.RESIDENT, roles.GRID_WORKER)
KEY = r"^[a-z][a-z0-9_]{0,39}\Z"


class SurveyOption(Schema):
    """An answer to choose; ``field`` links it to a field of the call."""

    key = fields.String(required=True, validate=validate.Regexp(KEY))
    text = Text(required=True, at_least=1, at_most=120)
    field = fields.String(allow_none=True, load_default=None, validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))


class SurveyQuestion(Schema):
    """A question. ``scale``: 1 to 5. Answers in words are read by staff only."""

    key = fields.String(required=True, validate=validate.Regexp(KEY))
    text = Text(required=True, at_least=1, at_most=300)
    kind = one_of(*QUESTION_KINDS, required=True)
    options = fields.List(fields.Nested(SurveyOption), load_default=list, validate=validate.Length(max=30))
    limit = fields.Integer(load_default=30, strict=True, validate=validate.Range(min=1, max=30))
    required = fields.Boolean(load_default=True)


class DraftSurvey(RoundPath):
    """The questionnaire of a round that is not published yet."""

    title = Text(required=True, at_least=2, at_most=120)
    questions = fields.List(fields.Nested(SurveyQuestion), required=True, validate=validate.Length(min=1, max=40))
    respondents = fields.List(
        one_of(*RESPONDENTS), load_default=lambda: list(RESPONDENTS), validate=validate.Length(min=1, max=3)
    )
    closes_at = Instant(required=True)


class SurveyPath(Schema):
    """One survey."""

    survey_id = Id("nsv", required=True)


class OnSurvey(SurveyPath):
    """A step of one survey."""

    expected_version = expected_version()


class ChangeSurvey(OnSurvey):
    """Change a draft; only what is sent changes."""

    title = Text(at_least=2, at_most=120)
    questions = fields.List(fields.Nested(SurveyQuestion), validate=validate.Length(min=1, max=40))
    respondents = fields.List(one_of(*RESPONDENTS), validate=validate.Length(min=1, max=3))
    closes_at = Instant()


class AnswerSurvey(SurveyPath):
    """Answers by question: an option's key, a list of keys, 1 to 5, or words."""

    answers = fields.Dict(keys=fields.String(validate=validate.Regexp(KEY)), values=fields.Raw(), required=True)


class SurveyQuery(PageQuery):
    """Filters; scope is applied besides."""

    round_id = Id("rnd")
    status = one_of(*STATUSES)


class AnswerQuery(PageQuery):
    """Answers to one survey."""

    survey_id = Id("nsv", required=True)
    respondent = one_of(*RESPONDENTS)


class SurveyView(Schema):
    """A survey."""

    survey_id = fields.String(attribute="id")
    round_id = fields.String()
    title = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    questions = fields.List(fields.Nested(SurveyQuestion))
    respondents = fields.List(fields.String(metadata={"enum": list(RESPONDENTS)}))
    closes_at = Instant()
    closed_at = Instant(allow_none=True)
    answer_count = fields.Integer()
    result_hash = fields.String(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class SurveyReceipt(Schema):
    """The answers arrived."""

    survey_id = fields.String()
    respondent = fields.String(metadata={"enum": list(RESPONDENTS)})


class SurveyAnswerView(Schema):
    """One answer, without who gave it; organisations are named."""

    survey_answer_id = fields.String(attribute="id")
    survey_id = fields.String()
    respondent = fields.String(metadata={"enum": list(RESPONDENTS)})
    organisation_id = fields.String(allow_none=True)
    street_code = fields.String(allow_none=True)
    community_code = fields.String(allow_none=True)
    answers = fields.Dict(keys=fields.String())
    answered_on = fields.Date()


class OptionCount(Schema):
    """How often an option was chosen, in all and by who answered."""

    key = fields.String()
    field = field_code()
    count = fields.Integer()
    by_respondent = fields.Dict(keys=fields.String(), values=fields.Integer())


class QuestionCount(Schema):
    """Counts of a question; for a scale the exact mean as a fraction, e.g. ``37/9``."""

    key = fields.String()
    kind = fields.String(metadata={"enum": list(QUESTION_KINDS)})
    answered = fields.Integer()
    options = fields.List(fields.Nested(OptionCount))
    mean = fields.String(allow_none=True)


class FieldCount(Schema):
    """How often options of a field were chosen; ``of_round``: the call has the field."""

    field = fields.String()
    count = fields.Integer()
    of_round = fields.Boolean()


class SurveyCounts(Schema):
    """What a survey found, in numbers."""

    survey_id = fields.String()
    round_id = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    answers = fields.Integer()
    by_respondent = fields.Dict(keys=fields.String(), values=fields.Integer())
    by_street = fields.Dict(keys=fields.String(), values=fields.Integer())
    questions = fields.List(fields.Nested(QuestionCount))
    fields_ = fields.List(fields.Nested(FieldCount), data_key="fields", attribute="fields")


def _step(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, SurveyView, roles=ORGANISERS, zh=zh, en=en, reread="get_survey")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_survey", SurveyPath, SurveyView, roles=roles.SIGNED_IN, zh="查看需求调研", en="One needs survey"),
    rpc(
        "list_surveys",
        SurveyQuery,
        SurveyView,
        roles=roles.SIGNED_IN,
        many=True,
        zh="需求调研列表",
        en="Needs surveys in scope",
    ),
    rpc(
        "count_survey_answers",
        SurveyPath,
        SurveyCounts,
        roles=roles.SIGNED_IN,
        zh="需求调研统计",
        en="What a needs survey found, in numbers",
    ),
    rpc(
        "list_survey_answers",
        AnswerQuery,
        SurveyAnswerView,
        roles=(*roles.STAFF, roles.AUDITOR),
        many=True,
        zh="需求调研答卷",
        en="Answers to a needs survey",
    ),
    _step("draft_survey", DraftSurvey, "拟定需求调研问卷", "Draft a needs survey for a round"),
    _step("change_survey", ChangeSurvey, "修改需求调研问卷", "Change a draft survey"),
    _step("open_survey", OnSurvey, "开始需求调研", "Open a needs survey"),
    _step("close_survey", OnSurvey, "结束需求调研", "Close a needs survey"),
    command(
        "answer_survey",
        AnswerSurvey,
        SurveyReceipt,
        roles=ANSWERERS,
        zh="填写需求调研",
        en="Answer a needs survey",
        secret=True,
    ),
)
