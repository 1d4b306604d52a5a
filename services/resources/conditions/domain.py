"""Why an offer may not serve a need: earmarks, room, skills and the gates of those who come. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contracts.resources.codes_stock import Condition

Weekly = Sequence[Mapping[str, Any]]
TAUGHT = ("volunteers", "know_how")
ZONE = ZoneInfo("Asia/Shanghai")  # weekly times are told in it


@dataclass(frozen=True, kw_only=True)
class Given:
    """What is read of an offer. ``qualifications``: ``{kind, name, valid_until}`` with an ISO day or ``None``."""

    kind: str
    organisations: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    capacity: int | None = None
    languages: frozenset[str] = frozenset()
    hours_per_week: int | None = None
    availability: Weekly = ()
    qualifications: Sequence[Mapping[str, Any]] = ()
    youngest_age: int | None = None
    mode: str = "either"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is read of a need; its gates must hold to its last day. ``organisation_id``: the one that benefits."""

    organisation_id: str | None
    last_day: date
    groups: frozenset[str] = frozenset()
    persons: int | None = None
    languages: frozenset[str] = frozenset()
    hours_per_week: int | None = None
    times: Weekly = ()
    trainings: frozenset[str] = frozenset()
    certificates: frozenset[str] = frozenset()
    insured: bool = False
    minimum_age: int | None = None
    mode: str = "either"


def reasons(offer: Given, need: Asked) -> list[Condition]:
    """Every reason; empty when the offer may serve the need."""
    people = offer.kind == "volunteers"
    asked = {
        Condition.EARMARKED_ORGANISATION: bool(offer.organisations) and need.organisation_id not in offer.organisations,
        Condition.EARMARKED_GROUP: bool(offer.groups) and not offer.groups & need.groups,
        Condition.CAPACITY: offer.kind == "venue" and _more(need.persons, offer.capacity),
        Condition.LANGUAGE: offer.kind in TAUGHT and not need.languages <= offer.languages,
        Condition.MODE: offer.kind in TAUGHT and {offer.mode, need.mode} == {"onsite", "online"},
        Condition.HOURS_PER_WEEK: people and _more(need.hours_per_week, offer.hours_per_week),
        Condition.NO_SHARED_TIME: people and not _shares(offer.availability, need.times),
        Condition.TRAINING: people and not need.trainings <= held(offer, "training", need.last_day),
        Condition.CERTIFICATE: people and not need.certificates <= held(offer, "certificate", need.last_day),
        Condition.INSURANCE: people and need.insured and not held(offer, "insurance", need.last_day),
        Condition.AGE: people and need.minimum_age is not None and (offer.youngest_age or 0) < need.minimum_age,
    }
    return [reason for reason, holds in asked.items() if holds]


def held(offer: Given, kind: str, day: date) -> frozenset[str]:
    """The names of what they have that is still valid on that day."""
    return frozenset(
        one["name"]
        for one in offer.qualifications
        if one["kind"] == kind and (one["valid_until"] is None or one["valid_until"] >= day.isoformat())
    )


def gap(offer: Given, need: Asked, reason: Condition) -> dict[str, Any]:
    """How far the two are apart: what is missing, or both sides. Of organisations that an earmark names nothing is
    said: the list is the provider's own."""
    if reason in (Condition.TRAINING, Condition.CERTIFICATE):
        kind = str(reason).removesuffix("_missing")
        wanted = need.trainings if reason is Condition.TRAINING else need.certificates
        return {"missing": sorted(wanted - held(offer, kind, need.last_day)), "until": need.last_day.isoformat()}
    sides: dict[Condition, tuple[Any, Any]] = {
        Condition.EARMARKED_GROUP: (sorted(offer.groups), sorted(need.groups)),
        Condition.CAPACITY: (offer.capacity, need.persons),
        Condition.LANGUAGE: (sorted(offer.languages), sorted(need.languages)),
        Condition.MODE: (offer.mode, need.mode),
        Condition.HOURS_PER_WEEK: (offer.hours_per_week, need.hours_per_week),
        Condition.NO_SHARED_TIME: ([*offer.availability], [*need.times]),
        Condition.AGE: (offer.youngest_age, need.minimum_age),
    }
    if reason is Condition.INSURANCE:
        return {"until": need.last_day.isoformat()}
    return dict(zip(("offer", "need"), sides[reason], strict=True)) if reason in sides else {}


def _more(asked: int | None, there: int | None) -> bool:
    """Nothing said binds nothing."""
    return asked is not None and there is not None and asked > there


def _shares(there: Weekly, asked: Weekly) -> bool:
    """Whether one of the times asked for lies inside one that is offered."""
    return (
        not there
        or not asked
        or any(
            one["weekday"] == other["weekday"]
            and one["from_time"] <= other["from_time"]
            and other["to_time"] <= one["to_time"]
            for one in there
            for other in asked
        )
    )


def suits(times: Weekly, start: datetime, end: datetime) -> bool:
    """Whether a window holds one of the weekly times whole; none asked for: any window does."""
    if not times:
        return True
    first, last = start.astimezone(ZONE).date(), end.astimezone(ZONE).date()
    return any(
        one["weekday"] == day.isoweekday() and start <= _at(day, one["from_time"]) and _at(day, one["to_time"]) <= end
        for day in (first + timedelta(number) for number in range((last - first).days + 1))
        for one in times
    )


def _at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZONE)
