"""Rulebooks: rubrics of assessment and rules of the key-cultivation list, as versioned policy data."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.grades import EVERY_GRADE, GRADES
from contracts.registry.shapes import NounView, Reason, expected_version

KINDS = ("rubric", "cultivation")
STATUSES = ("draft", "published", "retired")
NORMALISATIONS = ("share_of_most", "min_max")
AGGREGATIONS = ("mean", "trimmed_mean", "median")
TERMS = (
    "grade",
    "capacity",
    "capacity_growth",
    "incubation",
    "projects",
    "service_hours",
    "trainings",
    "party",
)
MAKERS = (roles.BUREAU, roles.SPECIALIST)
SEERS = (*roles.READERS, roles.CSO, roles.JUDGE)
_CODE = validate.Regexp(r"^[a-z][a-z0-9_]{1,39}\Z")


def code(**kwargs: object) -> fields.String:
    """A word by which something is named for ever."""
    return fields.String(validate=_CODE, **kwargs)  # type: ignore[arg-type]


def _whole(least: int, most: int, **kwargs: object) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=least, max=most), **kwargs)  # type: ignore[arg-type]


def _source() -> fields.String:
    """Where the rule comes from; nothing where nobody said so."""
    about = "依据与性质（法规、文件，或本区自定） / law, document, or the district's own"
    return Text(at_most=500, metadata={"description": about})


class Criterion(Schema):
    """One criterion: its share of 100, and the scale an assessor scores on."""

    code = code(required=True)
    zh = Text(required=True, at_least=1, at_most=60)
    en = Text(required=True, at_least=1, at_most=100)
    weight = _whole(1, 100, required=True)
    least = _whole(0, 999, load_default=0)
    most = _whole(1, 1000, load_default=100)
    guidance = Text(at_most=1000, load_default="")


class Threshold(Schema):
    """The least score (points of 100) that earns a grade."""

    grade = one_of(*EVERY_GRADE, required=True)
    at_least = _whole(0, 100, required=True)


class RubricContent(Schema):
    """What a rubric says. ``trimmed_mean`` leaves out one highest and one lowest from ``trim_from`` sheets on."""

    name = Text(required=True, at_least=2, at_most=100)
    applies_to = one_of(*GRADES, required=True)
    criteria = fields.List(fields.Nested(Criterion), required=True, validate=validate.Length(min=1, max=60))
    thresholds = fields.List(fields.Nested(Threshold), required=True, validate=validate.Length(min=1, max=5))
    normalisation = one_of(*NORMALISATIONS, load_default="share_of_most")
    aggregation = one_of(*AGGREGATIONS, load_default="mean")
    trim_from = _whole(3, 50, load_default=5)
    source = _source()


class Term(Schema):
    """A named fact of the organisation; it earns its whole weight from ``full_at`` on, less in proportion below."""

    term = one_of(*TERMS, required=True)
    weight = _whole(1, 100, required=True)
    full_at = _whole(1, 100_000, required=True)


class CultivationContent(Schema):
    """Which organisations are to be cultivated: the ``most`` best of those that reach ``at_least`` points of 100."""

    name = Text(required=True, at_least=2, at_most=100)
    tiers = fields.List(
        one_of("registered", "filed", "guided"), load_default=["registered", "filed"], validate=validate.Length(1, 3)
    )
    lookback_months = _whole(1, 120, load_default=12)
    terms = fields.List(fields.Nested(Term), required=True, validate=validate.Length(min=1, max=len(TERMS)))
    at_least = _whole(0, 100, required=True)
    most = _whole(1, 500, required=True)
    source = _source()


class DraftRubric(RubricContent):
    """The first version of a rubric, or the next one of the same code."""

    code = code(required=True)


class DraftCultivationRule(CultivationContent):
    """The first version of a rule, or the next one of the same code."""

    code = code(required=True)


class RulebookPath(Schema):
    """One version."""

    rulebook_id = Id("rul", required=True)


class OnRulebook(RulebookPath):
    """A step of one version."""

    expected_version = expected_version()


class ReviseRubric(OnRulebook, RubricContent):
    """The draft says something else; a published version never does."""


class ReviseCultivationRule(OnRulebook, CultivationContent):
    """The draft says something else; a published version never does."""


class RetireRulebook(RulebookPath, Reason):
    """Nothing new is done by it."""


class RulebookQuery(PageQuery):
    """Filters."""

    kind = one_of(*KINDS)
    code = code()
    status = one_of(*STATUSES)


class RulebookView(NounView):
    """One version; ``content`` as it was drafted, fixed by ``content_hash`` once published."""

    rulebook_id = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    code = fields.String()
    number = fields.Integer()
    name = fields.String()
    content = fields.Raw(metadata={"type": "object"})
    content_hash = fields.String(allow_none=True)
    published_at = Instant(allow_none=True)
    retired_at = Instant(allow_none=True)
    retired_reason = fields.String(allow_none=True)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, RulebookView, roles=who, reread="get_rulebook", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("draft_rubric", DraftRubric, MAKERS, "起草评估标准", "Draft a rubric"),
    _step("revise_rubric", ReviseRubric, MAKERS, "修改评估标准草稿", "Revise a draft rubric"),
    _step("draft_cultivation_rule", DraftCultivationRule, MAKERS, "起草培养规则", "Draft a cultivation rule"),
    _step("revise_cultivation_rule", ReviseCultivationRule, MAKERS, "修改培养规则草稿", "Revise a draft rule"),
    _step("publish_rulebook", OnRulebook, (roles.BUREAU,), "发布规则", "Put a rulebook in force"),
    _step("retire_rulebook", RetireRulebook, (roles.BUREAU,), "停用规则", "Retire a rulebook"),
    rpc("get_rulebook", RulebookPath, RulebookView, roles=SEERS, zh="查看规则", en="One rulebook"),
    rpc("list_rulebooks", RulebookQuery, RulebookView, roles=SEERS, many=True, zh="规则列表", en="Rulebooks"),
)
