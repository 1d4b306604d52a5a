"""Rubrics, panels and graded organisations that several tests need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.kit import Caller, actor
from tests.service.registry.cast import Cast

RUBRIC: dict[str, Any] = {
    "code": "filed_stars",
    "name": "备案组织星级评估标准（演示）",
    "applies_to": "filed",
    "criteria": [
        {"code": "governance", "zh": "内部治理", "en": "Governance", "weight": 40, "most": 40},
        {"code": "service", "zh": "服务成效", "en": "Service", "weight": 60, "most": 60},
    ],
    "thresholds": [
        {"grade": "star_1", "at_least": 50},
        {"grade": "star_3", "at_least": 70},
        {"grade": "star_5", "at_least": 90},
    ],
}
RULE: dict[str, Any] = {
    "code": "key_cultivation",
    "name": "重点培养规则（演示）",
    "terms": [{"term": "grade", "weight": 60, "full_at": 5}, {"term": "party", "weight": 40, "full_at": 1}],
    "at_least": 30,
    "most": 2,
}
PLAIN = {"governance": 30, "service": 45}


@dataclass
class Assessor:
    """Somebody on a panel, and the sheet."""

    call: Caller
    account_id: str
    assessment_sheet_id: str = ""


def rulebook(cast: Cast, operation: str = "draft_rubric", **content: Any) -> dict[str, Any]:
    """Drafted and in force."""
    drafted = cast.specialist(f"registry.{operation}", **content)
    return cast.bureau("registry.publish_rulebook", rulebook_id=drafted["rulebook_id"])  # type: ignore[no-any-return]


def judge(cast: Cast, name: str, **facts: Any) -> Assessor:
    """An account that may assess, and somebody who uses it."""
    opened = cast.account("judge", name, **facts)
    who = actor("judge", account_id=opened["account_id"], organisation_id=facts.get("organisation_id"))
    return Assessor(Caller(cast.host, who), opened["account_id"])


def panel(cast: Cast, assessment_id: str, names: str = "abc") -> list[Assessor]:
    """Assigned; scoring is open."""
    found = []
    for name in names:
        one = judge(cast, f"judge-{name}-{assessment_id[-6:]}")
        cast.specialist("registry.assign_assessor", assessment_id=assessment_id, account_id=one.account_id)
        one.assessment_sheet_id = one.call("registry.list_assessment_sheets")["items"][0]["assessment_sheet_id"]
        found.append(one)
    cast.specialist("registry.open_assessment", assessment_id=assessment_id)
    return found


def score(cast: Cast, one: Assessor, scores: dict[str, int]) -> None:
    """Scored, submitted, locked."""
    lines = [{"criterion": name, "score": value} for name, value in scores.items()]
    one.call("registry.score_assessment", assessment_sheet_id=one.assessment_sheet_id, scores=lines)
    one.call("registry.submit_assessment_sheet", assessment_sheet_id=one.assessment_sheet_id)
    cast.specialist("registry.lock_assessment_sheet", assessment_sheet_id=one.assessment_sheet_id)


def published(
    cast: Cast, organisation: dict[str, Any], rubric: dict[str, Any], scores: dict[str, int]
) -> tuple[dict[str, Any], list[Assessor]]:
    """A result under appeal, of a panel of three that agrees."""
    made = cast.specialist(
        "registry.plan_assessment",
        organisation_id=organisation["organisation_id"],
        rulebook_id=rubric["rulebook_id"],
    )
    found = panel(cast, made["assessment_id"])
    for one in found:
        score(cast, one, scores)
    cast.specialist("registry.tally_assessment", assessment_id=made["assessment_id"])
    return cast.bureau("registry.publish_assessment", assessment_id=made["assessment_id"]), found


def graded(cast: Cast, organisation: dict[str, Any], rubric: dict[str, Any], scores: dict[str, int]) -> dict[str, Any]:
    """A grade that holds."""
    made, _ = published(cast, organisation, rubric, scores)
    cast.wait(8)
    return cast.bureau("registry.confirm_assessment", assessment_id=made["assessment_id"])  # type: ignore[no-any-return]
