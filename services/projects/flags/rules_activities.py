"""Rules of activities: at places that cannot be reached in time, at night. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from chassis.clock import SHANGHAI
from services.projects.flags.domain import Finding, Named
from services.projects.flags.facts import Case, Happening
from services.projects.orders.domain import distance_m

Numbers = Mapping[str, int]
METRES = 1000
SECONDS = 3600
DAY_MINUTES = 24 * 60


def unreachable(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """Two activities of the organisation, ``km`` km apart at least, with less time between than ``kmh`` km/h takes.

    Of two the later one is asked about, that with the greater id where they begin at once.
    """
    for mine in case.happenings:
        for other in (*case.happenings, *case.neighbours):
            if (other.starts_at, other.id) >= (mine.starts_at, mine.id):
                continue
            metres = _between(mine, other)
            if metres is None or metres < numbers["km"] * METRES:
                continue
            gap = int((mine.starts_at - other.ends_at).total_seconds())
            needed = metres * SECONDS // (numbers["kmh"] * METRES)
            if gap < needed:
                yield _unreachable(case, mine, other, metres, gap, needed, numbers)


def _unreachable(
    case: Case, mine: Happening, other: Happening, metres: int, gap: int, needed: int, numbers: Numbers
) -> Finding:
    facts = {"apart_km": metres // METRES, "gap": gap // 60, "needed": needed // 60, **numbers}
    grounds = tuple(
        f"{one.starts_at.isoformat()}/{one.ends_at.isoformat()}/{one.latitude},{one.longitude}" for one in (mine, other)
    )
    named = [Named("activity", mine.id)]
    named.append(Named("activity", other.id) if other.subject == case.subject else Named("project", other.subject))
    return Finding("unreachable", f"{mine.id}:{other.id}", facts, grounds, tuple(named))


def _between(one: Happening, other: Happening) -> int | None:
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    return distance_m(one.latitude, one.longitude, other.latitude, other.longitude)


def at_night(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """Some of it between ``from_hour`` and ``until_hour`` o'clock."""
    for happening in case.happenings:
        minutes = night_minutes(happening.starts_at, happening.ends_at, numbers["from_hour"], numbers["until_hour"])
        if minutes > numbers["minutes"]:
            facts = {"starts": _clock(happening.starts_at), "ends": _clock(happening.ends_at), "night": minutes}
            grounds = (happening.starts_at.isoformat(), happening.ends_at.isoformat())
            named = () if happening.id == happening.subject else (Named("activity", happening.id),)
            yield Finding("at_night", happening.id, {**facts, **numbers}, grounds, named)


def night_minutes(starts_at: datetime, ends_at: datetime, from_hour: int, until_hour: int) -> int:
    """Minutes of the span that lie between the two hours in Asia/Shanghai, over midnight where the first is later."""
    start, end = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    length = (until_hour - from_hour) * 60 % DAY_MINUTES
    night = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=-1, hours=from_hour)
    found = timedelta()
    while night < end:
        overlap = min(end, night + timedelta(minutes=length)) - max(start, night)
        found += max(overlap, timedelta())
        night += timedelta(days=1)
    return int(found.total_seconds() // 60)


def _clock(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
