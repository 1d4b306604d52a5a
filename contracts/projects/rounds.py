"""Rounds (公益创投/微创投): rules as data, pool, timetable, states."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Money, PageQuery, Text, one_of, street_code
from chassis.operations import Cached, Operation, command, rpc
from contracts import roles
from contracts.projects import events_rounds
from contracts.projects.events_awards import NoticePublished, RoundAwarded, RoundDetermined
from contracts.projects.pool import AmendmentView, PoolEarmark, PoolLineView
from contracts.projects.rules_allocation import AllocationRules
from contracts.projects.rules_plan import PURPOSES, PlanRules
from contracts.projects.rules_vote import VoteRules

STATUSES = (
    "drafting",
    "needs_survey",
    "published",
    "open",
    "closed",
    "screening",
    "reviewing",
    "roadshow",
    "determining",
    "public_notice",
    "awarded",
    "executing",
    "evaluating",
    "archived",
    "cancelled",
)
ORGANISERS = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF)
TIERS = ("registered", "filed", "guided")
KINDS = ("cso", "hub", "social_work", "enterprise", "foundation", "government")
NORMALISATIONS = ("raw", "trimmed_mean", "z_score")


def expected_version() -> fields.Integer:
    """If-Match."""
    return fields.Integer(validate=validate.Range(min=0, max=2**53))


def field_code(*, required: bool = False) -> fields.String:
    """A field of the taxonomy, e.g. ``elder_care``."""
    return fields.String(required=required, validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))


def percent(*, required: bool = True) -> fields.Integer:
    """0 to 100."""
    return fields.Integer(required=required, strict=True, validate=validate.Range(min=0, max=100))


class Eligibility(Schema):
    """Who may apply, as data. Omitted values come from the district's policy."""

    tiers = fields.List(one_of(*TIERS), validate=validate.Length(min=1, max=3))
    kinds = fields.List(one_of(*KINDS), validate=validate.Length(min=1, max=6))
    exclude_breach = fields.Boolean()
    active_only = fields.Boolean()
    max_proposals = fields.Integer(strict=True, validate=validate.Range(min=1, max=20))
    exclude_double_funding = fields.Boolean()
    overlap_percent = percent(required=False)


class Criterion(Schema):
    """A line of the rubric; points run from 0 to ``max_points``; the weights of a rubric add up to 100."""

    key = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    name = Text(required=True, at_least=1, at_most=60)
    weight = percent()
    max_points = fields.Integer(load_default=100, strict=True, validate=validate.Range(min=1, max=1000))


class Allocation(AllocationRules):
    """How judges and residents together decide. Omitted values come from the district's policy."""

    normalisation = one_of(*NORMALISATIONS)
    spread_warning = percent(required=False)
    outlier_warning = percent(required=False)


class Defence(Schema):
    """Minutes of a pitch."""

    presentation_minutes = fields.Integer(strict=True, validate=validate.Range(min=1, max=120))
    question_minutes = fields.Integer(strict=True, validate=validate.Range(min=0, max=120))


class RoundRules(Schema):
    """What is frozen by hash at publication."""

    cap = Money(attribute="cap_fen")
    eligibility = fields.Nested(Eligibility)
    rubric = fields.List(fields.Nested(Criterion), validate=validate.Length(min=1, max=20))
    judges_per_proposal = fields.Integer(strict=True, validate=validate.Range(min=1, max=50))
    allocation = fields.Nested(Allocation)
    notice_days = fields.Integer(strict=True, validate=validate.Range(min=1, max=90))
    tranche_plan = fields.List(percent(), validate=validate.Length(min=1, max=10))
    defence = fields.Nested(Defence)
    has_roadshow = fields.Boolean()
    has_vote = fields.Boolean()
    approvals_limit = fields.Integer(strict=True, validate=validate.Range(min=1, max=50))
    vote_rules = fields.Nested(VoteRules)
    opens_at = Instant()
    closes_at = Instant()
    plan_rules = fields.Nested(PlanRules)
    plan_template_id = Id(
        "ptl", metadata={"description": "方案模板；其规则随轮次冻结 / its rules freeze with the round"}
    )


class CreateRound(RoundRules):
    """A new round, still a draft. ``street_code`` omitted: the whole district."""

    name = Text(required=True, at_least=2, at_most=120)
    scale = one_of("venture", "micro", required=True)
    fields_ = fields.List(
        field_code(), attribute="fields", data_key="fields", required=True, validate=validate.Length(min=1, max=20)
    )
    street_code = street_code(allow_none=True, load_default=None)
    budget = Money(attribute="budget_fen", required=True)
    description = Text(at_most=5000, load_default="")
    purpose = one_of(*PURPOSES, load_default="community_projects")
    opens_at = Instant(required=True)
    closes_at = Instant(required=True)


class RoundPath(Schema):
    """One round."""

    round_id = Id("rnd", required=True)


class OnRound(RoundPath):
    """A step of one round."""

    expected_version = expected_version()


class ChangeRound(RoundRules):
    """Change a draft; only what is sent changes."""

    round_id = Id("rnd", required=True)
    expected_version = expected_version()
    name = Text(at_least=2, at_most=120)
    fields_ = fields.List(field_code(), attribute="fields", data_key="fields", validate=validate.Length(min=1, max=20))
    budget = Money(attribute="budget_fen")
    description = Text(at_most=5000)


class AmendRound(RoundRules):
    """Change frozen rules before the round closes: visible, with a reason and notice to all."""

    round_id = Id("rnd", required=True)
    expected_version = expected_version()
    reason = Text(required=True, at_least=2, at_most=1000)


class CancelRound(OnRound):
    """Cancel with a reason; the pool is released."""

    reason = Text(required=True, at_least=2, at_most=1000)


class AddPoolLine(OnRound):
    """A funder's offer (in resources) named as part of the pool; resources answers whether it is reserved."""

    offer_id = Id("ofr", required=True)
    funder_organisation_id = Id("org", required=True)
    amount = Money(attribute="amount_fen", required=True)
    earmark = fields.Nested(PoolEarmark, load_default=lambda: {"fields": [], "street_codes": []})


class Shortlist(OnRound):
    """The proposals that go on; omitted: every one under review."""

    proposal_ids = fields.List(Id("prp"), validate=validate.Length(min=1, max=500))


class RoundQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    scale = one_of("venture", "micro")


class RoundView(Schema):
    """A round with its rules, pool and state."""

    round_id = fields.String(attribute="id")
    name = fields.String()
    scale = fields.String(metadata={"enum": ["venture", "micro"]})
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields")
    description = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    budget = Money(attribute="budget_fen")
    pool = Money(attribute="pool_fen", metadata={"description": "已到位 / reserved so far"})
    cap = Money(attribute="cap_fen")
    eligibility = fields.Nested(Eligibility)
    rubric = fields.List(fields.Nested(Criterion))
    judges_per_proposal = fields.Integer()
    allocation = fields.Nested(Allocation)
    notice_days = fields.Integer()
    tranche_plan = fields.List(fields.Integer())
    defence = fields.Nested(Defence)
    has_roadshow = fields.Boolean()
    has_vote = fields.Boolean()
    approvals_limit = fields.Integer()
    vote_rules = fields.Nested(VoteRules, allow_none=True)
    purpose = fields.String(allow_none=True, metadata={"enum": list(PURPOSES)})
    plan_rules = fields.Nested(PlanRules, allow_none=True)
    opens_at = Instant()
    closes_at = Instant()
    rules_hash = fields.String(allow_none=True)
    published_at = Instant(allow_none=True)
    notice_ends_at = Instant(allow_none=True)
    cancel_reason = fields.String(allow_none=True)
    pool_lines = fields.List(fields.Nested(PoolLineView))
    amendments = fields.List(fields.Nested(AmendmentView))


def _step(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, RoundView, roles=ORGANISERS, zh=zh, en=en, reread="get_round")


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_round",
        RoundPath,
        RoundView,
        roles=roles.PUBLIC,
        zh="查看轮次",
        en="One round",
        cached=Cached(about="round_id"),
    ),
    rpc(
        "list_rounds",
        RoundQuery,
        RoundView,
        roles=roles.PUBLIC,
        many=True,
        zh="轮次列表",
        en="Rounds in scope",
        cached=Cached(until=(*events_rounds.CHANGES, RoundDetermined, NoticePublished, RoundAwarded)),
    ),
    _step("create_round", CreateRound, "新建轮次", "Draft a round"),
    _step("change_round", ChangeRound, "修改轮次草稿", "Change a draft round"),
    _step("start_needs_survey", OnRound, "开始需求调研", "Start the needs survey"),
    _step("add_pool_line", AddPoolLine, "登记出资", "Name a funder's offer as a pool line"),
    _step("publish_round", OnRound, "发布轮次", "Publish: pool funded, rules frozen by hash"),
    _step("amend_round", AmendRound, "修订规则并重新公告", "Amend frozen rules before closing"),
    _step("open_round", OnRound, "开始申报", "Open for proposals"),
    _step("close_round", OnRound, "截止申报", "Close for proposals"),
    _step("start_screening", OnRound, "开始初筛", "Start screening"),
    _step("start_review", OnRound, "开始评审", "Start the review: every proposal has its judges"),
    _step("shortlist_proposals", Shortlist, "确定入围方案", "Shortlist proposals"),
    _step("start_roadshow_phase", OnRound, "进入路演", "Go on to the roadshow"),
    _step("evaluate_round", OnRound, "开始绩效评价", "Start evaluating the round"),
    _step("archive_round", OnRound, "轮次归档", "Archive the round"),
    _step("cancel_round", CancelRound, "取消轮次", "Cancel with a reason"),
)
