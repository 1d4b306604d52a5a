"""Rounds: the transition table, the rules that must hold before publication, and what the hash freezes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes import ProjectsCode

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
}
HIDDEN = frozenset({"drafting", "needs_survey"})
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
    problems = [*_check_rubric(rules), *_check_allocation(rules)]
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
    return problems


def frozen(rules: Mapping[str, Any]) -> dict[str, Any]:
    """What publication freezes: nothing else enters the hash."""
    return {name: rules[name] for name in RULES}


def check_funded(*, pool_fen: int, budget_fen: int) -> None:
    """Publication needs the whole budget reserved."""
    if pool_fen < budget_fen:
        raise ConflictError(ProjectsCode.ROUND_NOT_FUNDED, pool_fen=pool_fen, budget_fen=budget_fen)


def check_due(*, now: datetime, due_at: datetime) -> None:
    """A timetable that is frozen is kept: no step before its time."""
    if now < due_at:
        raise ConflictError(ProjectsCode.ROUND_TOO_EARLY, due_at=due_at.isoformat())
