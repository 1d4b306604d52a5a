"""The district's default rules: inserted on first use, data from then on (DOMAIN.md, numbers in brackets)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.projects.rounds import plan_rules
from services.projects.rounds.models import RoundPolicy
from services.projects.votes import rules as vote_rules

_COMMON: dict[str, Any] = {
    "eligibility": {
        "tiers": ["registered", "filed"],
        "kinds": ["cso"],
        "exclude_breach": True,
        "active_only": True,
        "max_proposals": 2,
        "exclude_double_funding": True,
        "overlap_percent": 60,
    },
    "rubric": [
        {"key": "need", "name": "需求真实", "weight": 30, "max_points": 100},
        {"key": "plan", "name": "方案可行", "weight": 30, "max_points": 100},
        {"key": "budget", "name": "预算合理", "weight": 20, "max_points": 100},
        {"key": "team", "name": "团队能力", "weight": 20, "max_points": 100},
    ],
    "judges_per_proposal": 3,
    "allocation": {
        "rule": "rank_with_skip",
        "judge_weight": 70,
        "resident_weight": 30,
        "normalisation": "raw",
        "tie_break": ["judge_score", "lower_amount", "earlier_submission"],
        "minimum_score": 0,
        "reserve_limit": 3,
        "completion": "add1",
        "stop": "over_budget",
        "utility": "cost",
        "increment_fen": 100,
        "partial_percent": 0,
        "limits": [],
        "pots": None,
        "spread_warning": 30,
        "outlier_warning": 20,
    },
    "notice_days": 7,
    "tranche_plan": [50, 30, 20],
    "defence": {"presentation_minutes": 8, "question_minutes": 5},
    "has_roadshow": True,
    "has_vote": True,
    "approvals_limit": 3,
    "vote_rules": vote_rules.DEFAULTS,
    "plan_rules": plan_rules.DEFAULT,
    "purpose": "community_projects",
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "venture": {**_COMMON, "cap_fen": 8_000_000, "eligibility": {**_COMMON["eligibility"], "kinds": ["cso", "hub"]}},
    "micro": {**_COMMON, "cap_fen": 3_000_000},
}
NESTED = ("eligibility", "allocation", "defence", "plan_rules", "vote_rules")


def rules_for(session: Session, *, district_code: str, scale: str) -> dict[str, Any]:
    """The district's policy row, made from the defaults the first time; rules newer than the row come from them."""
    made = insert(RoundPolicy).values(district_code=district_code, scale=scale, rules=DEFAULTS[scale])
    session.execute(made.on_conflict_do_nothing())
    return merged(DEFAULTS[scale], session.get_one(RoundPolicy, (district_code, scale)).rules)


def merged(rules: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Given values over the defaults; rule groups are completed key by key."""
    result = {**rules, **given}
    for name in NESTED:
        result[name] = {**(rules.get(name) or {}), **(given.get(name) or {})}
    return result
