"""Rules of assessments: the state machines, who may not assess, and how sheets become a score and a grade."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_assess import AssessCode
from contracts.registry.grades import GRADES
from services.registry.machine import step

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
TRANSITIONS: dict[tuple[str, str], str] = {
    ("planned", "assign"): "planned",
    ("scoring", "assign"): "scoring",  # in place of somebody who stood aside
    ("planned", "open"): "scoring",
    ("scoring", "score"): "scoring",
    ("scoring", "tally"): "tallied",
    ("tallied", "publish"): "published",
    ("published", "appeal"): "appealed",
    ("appealed", "settle"): "published",
    ("published", "confirm"): "confirmed",
    ("confirmed", "expire"): "expired",
    ("confirmed", "revoke"): "revoked",
    ("confirmed", "supersede"): "superseded",
    **{(status, "correct"): status for status in ("tallied", "published", "appealed", "confirmed")},
    **{(status, "cancel"): "cancelled" for status in ("planned", "scoring", "tallied")},
}
SHEET_STATUSES = ("assigned", "submitted", "locked", "recused")
SHEET_TRANSITIONS: dict[tuple[str, str], str] = {
    ("assigned", "score"): "assigned",
    ("assigned", "submit"): "submitted",
    ("submitted", "lock"): "locked",
    ("assigned", "recuse"): "recused",
    ("submitted", "recuse"): "recused",
}
CORRECTION_STATUSES = ("proposed", "approved", "refused")
CORRECTION_TRANSITIONS: dict[tuple[str, str], str] = {
    ("proposed", "approve"): "approved",
    ("proposed", "refuse"): "refused",
}
APPEAL_STATUSES = ("open", "proposed", "upheld", "dismissed")
APPEAL_TRANSITIONS: dict[tuple[str, str], str] = {
    ("open", "propose"): "proposed",
    ("proposed", "refuse"): "open",
    ("proposed", "upheld"): "upheld",
    ("proposed", "dismissed"): "dismissed",
}
# Who may see a result before it is public: those who prepare it.
SHOWN_TO_STAFF = ("tallied", "published", "appealed", "confirmed", "expired", "revoked", "superseded")
SHOWN_TO_ALL = SHOWN_TO_STAFF[1:]


def next_status(status: str, action: str) -> str:
    """The assessment's status after ``action``."""
    return step(TRANSITIONS, status, action, AssessCode.ASSESSMENT_STATE)


def next_sheet_status(status: str, action: str) -> str:
    """The sheet's status after ``action``."""
    return step(SHEET_TRANSITIONS, status, action, AssessCode.SHEET_STATE)


def next_correction_status(status: str, action: str) -> str:
    """The correction's status after ``action``."""
    return step(CORRECTION_TRANSITIONS, status, action, AssessCode.CORRECTION_STATE)


def next_appeal_status(status: str, action: str) -> str:
    """The appeal's status after ``action``."""
    return step(APPEAL_TRANSITIONS, status, action, AssessCode.APPEAL_STATE)


def is_connected(
    *,
    account_id: str,
    account_organisation: str | None,
    organisation_id: str,
    hub_id: str | None,
    serving: Iterable[str],
) -> bool:
    """Whoever belongs to the organisation or its hub, or serves it in its incubation team, does not assess it."""
    related = {organisation_id, hub_id} - {None}
    return account_organisation in related or account_id in set(serving)


def check_assessable(kind: str, legal_tier: str, applies_to: str) -> None:
    """Social organisations, by a rubric of their tier; enterprises and government bodies are not assessed here."""
    if kind in ("enterprise", "government") or legal_tier != applies_to:
        raise ConflictError(AssessCode.ASSESSMENT_TIER_MISMATCH, kind=kind, legal_tier=legal_tier)


def check_second(first: str | None, second: str | None) -> None:
    """Two people, not one twice."""
    if second is None or first == second:
        raise ConflictError(AssessCode.SECOND_PERSON_NEEDED)


def check_panel(locked: int, least: int) -> None:
    """Enough assessors without a conflict."""
    if locked < least:
        raise ConflictError(AssessCode.ASSESSORS_TOO_FEW, assessors=locked, needed=least)


def check_appeal_over(now: datetime, until: datetime | None) -> None:
    """The grade is confirmed when nobody can appeal any more."""
    if until is None or now < until:
        raise ConflictError(AssessCode.APPEAL_PERIOD_RUNNING, appeal_until=until.isoformat() if until else None)


def check_appeal_in_time(now: datetime, until: datetime | None) -> None:
    """Appeals come in time."""
    if until is None or now >= until:
        raise ConflictError(AssessCode.APPEAL_LATE)


# --- scoring ---------------------------------------------------------------------------------------------------------
Scores = Mapping[str, int]


@dataclass(frozen=True)
class Result:
    """Hundredths of a point of 100, of the whole and of each criterion."""

    score_hundredths: int
    criteria: list[dict[str, Any]]
    grade: str | None


def check_score(criteria: Sequence[Mapping[str, Any]], criterion: str, score: int) -> None:
    """A criterion of the rubric, on its scale."""
    for row in criteria:
        if row["code"] == criterion and row["least"] <= score <= row["most"]:
            return
    raise InvalidError(AssessCode.SCORE_INVALID, criterion=criterion, score=score)


def check_complete(criteria: Sequence[Mapping[str, Any]], scores: Scores) -> None:
    """Every criterion is scored."""
    missing = [row["code"] for row in criteria if row["code"] not in scores]
    if missing:
        raise ConflictError(AssessCode.SHEET_INCOMPLETE, missing=missing)


def normalise(score: int, least: int, most: int, method: str) -> Fraction:
    """To 0–100. ``share_of_most``: score ÷ most; ``min_max``: (score − least) ÷ (most − least)."""
    if method == "min_max":
        return Fraction(score - least, most - least) * 100
    return Fraction(score, most) * 100


def aggregate(values: Iterable[Fraction], method: str, *, trim_from: int) -> Fraction:
    """One value of several assessors', whatever their order."""
    ordered = sorted(values)
    if method == "median":
        middle = len(ordered) // 2
        return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    if method == "trimmed_mean" and len(ordered) >= trim_from:
        ordered = ordered[1:-1]
    return sum(ordered, Fraction()) / len(ordered)


def hundredths(points: Fraction) -> int:
    """Rounded half up, so that the same sheets give the same number everywhere."""
    return int((points * 100 + Fraction(1, 2)) // 1)


def tally(rubric: Mapping[str, Any], sheets: Sequence[Scores]) -> Result:
    """Weighted mean of the normalised, aggregated criteria; exact fractions until the one rounding at the end."""
    total, criteria = Fraction(), []
    for row in rubric["criteria"]:
        values = [normalise(sheet[row["code"]], row["least"], row["most"], rubric["normalisation"]) for sheet in sheets]
        points = aggregate(values, rubric["aggregation"], trim_from=rubric["trim_from"])
        total += points * row["weight"] / 100
        criteria.append({"criterion": row["code"], "weight": row["weight"], "score_hundredths": hundredths(points)})
    return Result(hundredths(total), criteria, grade_of(rubric, total))


def grade_of(rubric: Mapping[str, Any], points: Fraction) -> str | None:
    """The highest grade whose threshold is reached by the exact score; ``None`` below the lowest."""
    named = {row["grade"]: row["at_least"] for row in rubric["thresholds"]}
    reached = [grade for grade in GRADES[rubric["applies_to"]] if grade in named and points >= named[grade]]
    return reached[-1] if reached else None


def level_of(grade: str | None) -> int:
    """1–5 of a grade or star, 0 of none."""
    return 0 if grade is None else next(rungs.index(grade) + 1 for rungs in GRADES.values() if grade in rungs)


def scores_hash(scores: Scores) -> str:
    """SHA-256 of the canonical JSON of a sheet's scores."""
    return hashlib.sha256(json.dumps(dict(scores), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


# --- growth of capacity ----------------------------------------------------------------------------------------------
def mean_hundredths(scores: Scores) -> int:
    """The plain mean of the indicators."""
    return hundredths(Fraction(sum(scores.values()), len(scores))) if scores else 0


def growth(points: Sequence[Scores], baseline: int) -> list[dict[str, Any]]:
    """Per indicator, oldest point first; ``baseline`` is the index that growth counts from."""
    found = []
    for indicator in sorted({name for scores in points for name in scores}):
        values = [scores[indicator] for scores in points if indicator in scores]
        since = [scores[indicator] for scores in points[baseline:] if indicator in scores] or values
        found.append(
            {
                "indicator": indicator,
                "baseline": since[0],
                "latest": values[-1],
                "best": max(values),
                "growth": values[-1] - since[0],
                "measured": len(values),
            }
        )
    return found
