"""Dispatch: states, who is fit, and the ranking: named whole numbers that add up. Pure.

Who declined before is not among the facts: volunteers are never compelled (志愿服务条例), nor made to pay for a no.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chassis.errors import ConflictError
from contracts.resources.codes_talents import TalentCode, Unfit

OPEN, OFFERED, ACCEPTED, UNFILLED, DONE, CANCELLED = "open", "offered", "accepted", "unfilled", "done", "cancelled"
STATUSES = (OPEN, OFFERED, ACCEPTED, UNFILLED, DONE, CANCELLED)
ACTIONS = ("offer", "accept", "lapse", "withdraw", "exhaust", "finish", "cancel")
TRANSITIONS: dict[tuple[str, str], str] = {
    (OPEN, "offer"): OFFERED,
    (OPEN, "exhaust"): UNFILLED,
    (OPEN, "cancel"): CANCELLED,
    (OFFERED, "accept"): ACCEPTED,
    (OFFERED, "lapse"): OPEN,
    (OFFERED, "cancel"): CANCELLED,
    (ACCEPTED, "withdraw"): OPEN,
    (ACCEPTED, "finish"): DONE,
    (ACCEPTED, "cancel"): CANCELLED,
    (UNFILLED, "offer"): OFFERED,
    (UNFILLED, "cancel"): CANCELLED,
}
OFFER_STATUSES = (OFFERED, ACCEPTED, "declined", "expired", "withdrawn", DONE)
OFFER_ACTIONS = ("accept", "decline", "expire", "withdraw", "finish")
OFFER_TRANSITIONS: dict[tuple[str, str], str] = {
    (OFFERED, "accept"): ACCEPTED,
    (OFFERED, "decline"): "declined",
    (OFFERED, "expire"): "expired",
    (OFFERED, "withdraw"): "withdrawn",
    (ACCEPTED, "withdraw"): "withdrawn",
    (ACCEPTED, "finish"): DONE,
}
HOURS_TRANSITIONS: dict[tuple[str, str], str] = {("recorded", "strike"): "struck"}
TERMS = {
    "distance": ("距离近", "Near"),
    "skill": ("技能", "Skill"),
    "load": ("在办少", "Light load"),
    "availability": ("时间相符", "Free at that time"),
}
BEST_LEVEL = 3


def next_status(status: str, action: str) -> str:
    """The dispatch's table, or a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(TalentCode.DISPATCH_STATE, status=status, action=action) from None


def next_offer_status(status: str, action: str) -> str:
    """The offer's table, or a conflict."""
    try:
        return OFFER_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(TalentCode.OFFER_STATE, status=status, action=action) from None


def next_hours_status(status: str, action: str) -> str:
    """The table of a record of hours, or a conflict."""
    try:
        return HOURS_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(TalentCode.HOURS_STATE, status=status, action=action) from None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the work asks for; the time is that of the place (Asia/Shanghai)."""

    skills: Sequence[str]
    starts: datetime
    ends: datetime
    credential: str | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """What is known of somebody; ``distance_m`` is ``None`` where one of the cells has no centre."""

    talent_id: str
    active: bool = True
    consented: bool = True
    skills: Mapping[str, int] = field(default_factory=dict)
    credentials: frozenset[str] = frozenset()
    distance_m: int | None = None
    load: int = 0
    availability: Sequence[Mapping[str, Any]] = ()
    asked: bool = False


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """A fit person with the parts of the score."""

    talent_id: str
    distance_m: int | None
    terms: Mapping[str, int]

    @property
    def score(self) -> int:
        return sum(self.terms.values())


def unfit(person: Person, wanted: Wanted, rules: Mapping[str, int]) -> list[Unfit]:
    """Every reason not to ask; none: fit."""
    found = [] if person.consented else [Unfit.NO_CONSENT]
    found += [] if person.active else [Unfit.NOT_ACTIVE]
    found += [] if all(skill in person.skills for skill in wanted.skills) else [Unfit.SKILL_MISSING]
    if wanted.credential is not None and wanted.credential not in person.credentials:
        found.append(Unfit.CREDENTIAL_MISSING)
    if person.distance_m is not None and person.distance_m > rules["dispatch_reach_m"]:
        found.append(Unfit.TOO_FAR)
    found += [Unfit.BUSY] if person.load >= rules["dispatch_load_most"] else []
    found += [Unfit.NOT_AVAILABLE] if person.availability and not is_free(person.availability, wanted) else []
    return [*found, Unfit.ASKED] if person.asked else found


def is_free(availability: Sequence[Mapping[str, Any]], wanted: Wanted) -> bool:
    """Whether one stretch of a weekday holds the whole work."""
    if wanted.starts.date() != wanted.ends.date():
        return False
    day, starts, ends = wanted.starts.isoweekday(), wanted.starts.strftime("%H:%M"), wanted.ends.strftime("%H:%M")
    return any(one["day"] == day and one["starts"] <= starts and ends <= one["ends"] for one in availability)


def rank(people: Sequence[Person], wanted: Wanted, rules: Mapping[str, int]) -> list[Ranked]:
    """The fit ones, most points first; between equals the nearer, then the one who has been on the grid longer."""
    found = [
        Ranked(talent_id=one.talent_id, distance_m=one.distance_m, terms=terms(one, wanted, rules))
        for one in people
        if not unfit(one, wanted, rules)
    ]
    return sorted(found, key=lambda one: (-one.score, _far(one.distance_m), one.talent_id))


def terms(person: Person, wanted: Wanted, rules: Mapping[str, int]) -> dict[str, int]:
    """Whole points, rounded down; an unknown distance earns none."""
    reach, most = rules["dispatch_reach_m"], rules["dispatch_load_most"]
    left = 0 if person.distance_m is None else max(0, reach - person.distance_m)
    level = min((person.skills.get(skill, 0) for skill in wanted.skills), default=0)
    free = bool(person.availability) and is_free(person.availability, wanted)
    return {
        "distance": rules["dispatch_points_distance"] * left // reach,
        "skill": rules["dispatch_points_skill"] * level // BEST_LEVEL,
        "load": rules["dispatch_points_load"] * max(0, most - person.load) // most,
        "availability": rules["dispatch_points_availability"] if free else 0,
    }


def _far(distance_m: int | None) -> float:
    return float("inf") if distance_m is None else distance_m


def explained(points: Mapping[str, int]) -> list[dict[str, Any]]:
    """The terms in words."""
    return [
        {"term": name, "points": value, "zh": TERMS[name][0], "en": TERMS[name][1]} for name, value in points.items()
    ]
