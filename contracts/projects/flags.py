"""Flags: what published rules find late, idle, overspent or odd, the organisation's answer, the decision of staff."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.delivery import DOERS, SEERS, STREET, ProjectPath
from contracts.projects.evidence import expected_version

STATUSES = ("open", "explained", "accepted", "upheld", "closed", "withdrawn")
SEVERITIES = ("info", "warning", "serious")
AREAS = ("time", "money", "photos", "activities")
RULE = validate.Regexp(r"^[a-z_]{3,40}\Z")
NUMBER = validate.Regexp(r"^[a-z_]{2,30}\Z")


class FlagPath(Schema):
    """One flag."""

    flag_id = Id("flg", required=True)


class OnFlag(FlagPath):
    """A step of one flag."""

    expected_version = expected_version()


class ExplainFlag(OnFlag):
    """The organisation says how it came about."""

    explanation = Text(required=True, at_least=2, at_most=2000)


class DecideFlag(OnFlag):
    """Staff say why."""

    note = Text(required=True, at_least=2, at_most=1000)


class CloseFlag(OnFlag):
    """Settled: what was agreed or put right."""

    note = Text(at_most=1000, load_default="")


class FlagQuery(PageQuery):
    """Filters; scope is applied besides."""

    project_id = Id("prj")
    order_id = Id("ord")
    organisation_id = Id("org")
    street_code = street_code()
    rule = fields.String(validate=RULE)
    area = one_of(*AREAS)
    severity = one_of(*SEVERITIES)
    status = one_of(*STATUSES)


class ProjectFlagQuery(PageQuery):
    """Of one project."""

    project_id = Id("prj", required=True)
    status = one_of(*STATUSES)


class NamedView(Schema):
    """What a flag points at besides its own project; only what the caller may see."""

    kind = fields.String(metadata={"enum": ["project", "order", "activity", "milestone", "spending", "photo"]})
    id = fields.String()


class FlagView(Schema):
    """A flag with its reason in words and numbers; ``hidden``: how many things it points at that the caller may not
    see, such as another street's."""

    flag_id = fields.String(attribute="id")
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    project_id = fields.String(allow_none=True)
    order_id = fields.String(allow_none=True)
    organisation_id = fields.String(allow_none=True)
    rule = fields.String()
    area = fields.String(metadata={"enum": list(AREAS)})
    severity = fields.String(metadata={"enum": list(SEVERITIES)})
    status = fields.String(metadata={"enum": list(STATUSES)})
    reason_zh = fields.String()
    reason_en = fields.String()
    facts = fields.Dict(keys=fields.String(), values=fields.Raw())
    named = fields.List(fields.Nested(NamedView))
    hidden = fields.Integer()
    rules_number = fields.Integer(metadata={"description": "所依据的规则版本 / version of the rules"})
    raised_at = Instant()
    answer_until = Instant()
    explanation = fields.String(allow_none=True)
    explained_at = Instant(allow_none=True)
    note = fields.String(allow_none=True)
    decided_at = Instant(allow_none=True)
    closed_at = Instant(allow_none=True)


class ReviewView(Schema):
    """What looking at a project again led to."""

    project_id = fields.String()
    found = fields.Integer()
    raised = fields.Integer()
    withdrawn = fields.Integer()


class RuleView(Schema):
    """A rule as it is published: when it flags, how serious that is, since when."""

    key = fields.String()
    area = fields.String(metadata={"enum": list(AREAS)})
    on = fields.Boolean()
    severity = fields.String(metadata={"enum": list(SEVERITIES)})
    numbers = fields.Dict(keys=fields.String(), values=fields.Integer())
    zh = fields.String()
    en = fields.String()
    since = fields.Date(allow_none=True)


class FlagRulesView(Schema):
    """A version of the rules; number 0: those a district starts with."""

    number = fields.Integer()
    district_code = fields.String()
    answer_days = fields.Integer()
    rules = fields.List(fields.Nested(RuleView))
    published_at = Instant(allow_none=True)


class RuleInput(Schema):
    """What changes of one rule."""

    key = fields.String(required=True, validate=RULE)
    on = fields.Boolean()
    severity = one_of(*SEVERITIES)
    numbers = fields.Dict(
        keys=fields.String(validate=NUMBER),
        values=fields.Integer(strict=True, validate=validate.Range(min=0, max=1_000_000)),
    )
    zh = Text(at_least=2, at_most=300)
    en = Text(at_least=2, at_most=600)


class PublishFlagRules(Schema):
    """The next version: rules that are not named stay as they are."""

    rules = fields.List(fields.Nested(RuleInput), required=True, validate=validate.Length(max=60))
    answer_days = fields.Integer(validate=validate.Range(min=0, max=90))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, FlagView, roles=who, zh=zh, en=en, reread="get_flag")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_flag_rules", None, FlagRulesView, roles=roles.PUBLIC, zh="预警规则", en="The published flag rules"),
    rpc(
        "list_flag_rules",
        PageQuery,
        FlagRulesView,
        roles=roles.PUBLIC,
        many=True,
        zh="预警规则的历次版本",
        en="Versions of the flag rules",
    ),
    command(
        "publish_flag_rules",
        PublishFlagRules,
        FlagRulesView,
        roles=(roles.BUREAU,),
        zh="发布预警规则",
        en="Publish flag rules",
    ),
    rpc("get_flag", FlagPath, FlagView, roles=SEERS, zh="查看预警", en="One flag"),
    rpc("list_flags", FlagQuery, FlagView, roles=SEERS, many=True, zh="预警列表", en="Flags in scope"),
    rpc(
        "list_project_flags",
        ProjectFlagQuery,
        FlagView,
        roles=SEERS,
        many=True,
        zh="项目的预警",
        en="Flags of a project",
    ),
    command(
        "review_project_flags", ProjectPath, ReviewView, roles=STREET, zh="重新检查项目", en="Look at a project again"
    ),
    _step("explain_flag", ExplainFlag, DOERS, "说明预警情况", "Explain a flag"),
    _step("accept_flag", DecideFlag, STREET, "采信说明", "Accept: there is nothing wrong"),
    _step("uphold_flag", DecideFlag, STREET, "认定预警成立", "Uphold a flag"),
    _step("close_flag", CloseFlag, STREET, "办结预警", "Close a flag"),
)
