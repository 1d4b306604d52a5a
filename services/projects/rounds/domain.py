"""Rounds: the transition table, the rules that must hold before publication, and what the hash freezes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_rounds import RoundsCode
from services.projects.allocation import frozen as frozen_allocation
from services.projects.rounds import plan_rules
from services.projects.votes import rules as vote_rules

BEFORE_AWARDED = (
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
)
TRANSITIONS: dict[tuple[str, str], str] = {
    ("drafting", "change"): "drafting",
    ("needs_survey", "change"): "needs_survey",
    ("drafting", "add_pool_line"): "drafting",
    ("needs_survey", "add_pool_line"): "needs_survey",
    ("drafting", "start_needs_survey"): "needs_survey",
    ("drafting", "publish"): "published",
    ("needs_survey", "publish"): "published",
    ("published", "amend"): "published",
    ("open", "amend"): "open",
    ("published", "open"): "open",
    ("open", "close"): "closed",
    ("closed", "start_screening"): "screening",
    ("screening", "start_review"): "reviewing",
    ("reviewing", "start_roadshow"): "roadshow",
    ("reviewing", "determine"): "determining",
    ("roadshow", "determine"): "determining",
    ("determining", "publish_notice"): "public_notice",
    ("public_notice", "award"): "awarded",
    ("awarded", "award"): "awarded",
    ("executing", "award"): "executing",
    ("evaluating", "award"): "evaluating",
    ("awarded", "execute"): "executing",
    ("executing", "evaluate"): "evaluating",
    ("evaluating", "archive"): "archived",
    **{(status, "cancel"): "cancelled" for status in BEFORE_AWARDED},
}
STATUSES = tuple(dict.fromkeys([status for status, _ in TRANSITIONS] + list(TRANSITIONS.values())))
ACTIONS = tuple(dict.fromkeys(action for _, action in TRANSITIONS))
LINE_TRANSITIONS: dict[tuple[str, str], str] = {
    ("named", "reserve"): "reserved",
    ("named", "refuse"): "refused",
    ("named", "release"): "released",
    ("reserved", "release"): "released",
    ("reserved", "settle"): "settled",
}
HIDDEN = frozenset({"drafting", "needs_survey"})
# Where a winner may be on notice: a reserve that moves up when an award is declined has a notice of its own.
ON_NOTICE = frozenset({"public_notice", "awarded", "executing", "evaluating"})
SCREENED = frozenset({"reviewing", "roadshow", "determining", *ON_NOTICE, "archived"})
RESULT_PUBLIC = frozenset({"public_notice", "awarded", "executing", "evaluating", "archived"})
RULES = (
    "fields",
    "street_code",
    "budget_fen",
    "cap_fen",
    "eligibility",
    "rubric",
    "judges_per_proposal",
    "allocation",
    "notice_days",
    "tranche_plan",
    "defence",
    "has_roadshow",
    "has_vote",
    "approvals_limit",
    "opens_at",
    "closes_at",
)
# Rules that rounds frozen earlier do not have: absent from what was hashed then.
ADDED = ("plan_rules", "purpose", "vote_rules")
FREE: dict[str, list[str]] = {"fields": [], "street_codes": []}
RULE_NAMES = {
    "cap_fen": ("单项资助上限", "cap per proposal"),
    "eligibility": ("申报条件", "eligibility"),
    "rubric": ("评分标准", "rubric"),
    "judges_per_proposal": ("每个方案的评委数", "judges per proposal"),
    "allocation": ("分配规则", "allocation rule"),
    "notice_days": ("公示天数", "days of public notice"),
    "tranche_plan": ("拨付比例", "tranches"),
    "defence": ("路演时长", "minutes of the roadshow"),
    "has_roadshow": ("是否路演", "roadshow"),
    "has_vote": ("是否居民投票", "residents' vote"),
    "approvals_limit": ("每张选票可选数", "approvals per ballot"),
    "vote_rules": ("居民投票规则", "rules of the residents' vote"),
    "plan_rules": ("方案模板与预算规则", "plan template and budget rules"),
    "opens_at": ("申报开始时间", "opening time"),
    "closes_at": ("申报截止时间", "closing time"),
}


def next_status(status: str, action: str) -> str:
    """The state after ``action``; a pair that is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=status, action=action) from None


def next_line_status(status: str, action: str) -> str:
    """The same for a line of the pool."""
    try:
        return LINE_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=status, action=action) from None


def check_rules(rules: Mapping[str, Any]) -> None:
    """Sums and order; lists everything that is wrong. Raises ``round_rules_invalid``."""
    problems = [
        *_check_rubric(rules),
        *_check_allocation(rules),
        *vote_rules.problems(rules),
        *plan_rules.problems(rules.get("plan_rules")),
    ]
    if sum(rules["tranche_plan"]) != 100 or min(rules["tranche_plan"]) <= 0:
        problems.append("tranche_plan: shares above zero that add up to 100")
    if rules["closes_at"] <= rules["opens_at"]:
        problems.append("closes_at: after opens_at")
    if rules["budget_fen"] <= 0 or not 0 < rules["cap_fen"] <= rules["budget_fen"]:
        problems.append("cap: above zero and within the budget")
    if problems:
        raise InvalidError(ProjectsCode.ROUND_RULES_INVALID, problems=problems)


def _check_rubric(rules: Mapping[str, Any]) -> list[str]:
    keys = [criterion["key"] for criterion in rules["rubric"]]
    problems = []
    if sum(criterion["weight"] for criterion in rules["rubric"]) != 100:
        problems.append("rubric: weights add up to 100")
    if len(keys) != len(set(keys)):
        problems.append("rubric: keys are distinct")
    return problems


def _check_allocation(rules: Mapping[str, Any]) -> list[str]:
    allocation = rules["allocation"]
    problems = []
    if allocation["judge_weight"] + allocation["resident_weight"] != 100:
        problems.append("allocation: judge_weight and resident_weight add up to 100")
    if bool(allocation["resident_weight"]) and not rules["has_vote"]:
        problems.append("allocation: residents have weight only where they vote")
    return [*problems, *frozen_allocation.problems(rules)]


def frozen(rules: Mapping[str, Any]) -> dict[str, Any]:
    """What publication freezes: nothing else enters the hash."""
    added = {name: rules[name] for name in ADDED if rules.get(name) is not None}
    return {**{name: rules[name] for name in RULES}, **added}


def check_funded(*, pool_fen: int, budget_fen: int) -> None:
    """Publication needs the whole budget reserved."""
    if pool_fen < budget_fen:
        raise ConflictError(ProjectsCode.ROUND_NOT_FUNDED, pool_fen=pool_fen, budget_fen=budget_fen)


def check_due(*, now: datetime, due_at: datetime) -> None:
    """A timetable that is frozen is kept: no step before its time."""
    if now < due_at:
        raise ConflictError(ProjectsCode.ROUND_TOO_EARLY, due_at=due_at.isoformat())


def check_earmark(earmark: Mapping[str, Any], *, fields: list[str], street_code: str | None) -> None:
    """An earmark binds money to something the round is about. Raises ``earmark_invalid``."""
    strange = sorted(set(earmark["fields"]) - set(fields))
    streets = set(earmark["street_codes"])
    outside = sorted(streets - {street_code}) if street_code is not None else []
    if strange or outside:
        raise InvalidError(RoundsCode.EARMARK_INVALID, fields=strange, street_codes=outside)


def check_time_left(*, now: datetime, closes_at: datetime, days: int) -> None:
    """Applicants keep some days to follow an amendment. Raises ``amendment_too_late``."""
    if closes_at < now + timedelta(days=days):
        raise ConflictError(RoundsCode.AMENDMENT_TOO_LATE, closes_at=closes_at.isoformat(), days=days)


def in_words(changed: list[str]) -> tuple[list[str], list[str]]:
    """The names of rules, in Chinese and English."""
    words = [RULE_NAMES.get(name, (name, name)) for name in changed]
    return [zh for zh, _ in words], [en for _, en in words]
