"""A roadshow as large as a district's, made from a seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import product

from services.projects.planning.domain import Entry, Instance, Judge, Minutes, Session

FIRST = datetime(2030, 1, 7, 1, tzinfo=UTC)


def district(seed: int, *, pitches: int = 60, judges: int = 12, days: int = 3, needed: int = 5) -> Instance:
    """As large as a district's: two rooms, two half-days a day, absences and conflicts as they come."""
    chance = random.Random(seed)
    sessions = []
    for day, half, room in product(range(days), range(2), "AB"):
        starts = FIRST + timedelta(days=day, hours=5 * half)
        name = f"s{day}{half}{room}"
        sessions.append(Session(id=name, room=room, starts_at=starts, ends_at=starts + timedelta(minutes=180)))
    spans = sorted({item.span for item in sessions})
    panel = tuple(
        Judge(id=f"j{number:02}", absences=tuple(each for each in spans if chance.random() < 0.2))
        for number in range(judges)
    )
    entries = tuple(
        Entry(
            id=f"p{number:02}",
            organisation_id=f"o{number - (chance.random() < 0.15)}",
            needed=needed,
            conflicts=frozenset(judge.id for judge in panel if chance.random() < 0.08),
            absences=(chance.choice(spans),) if chance.random() < 0.3 else (),
        )
        for number in range(pitches)
    )
    minutes = Minutes(presentation=8, questions=5, pause=2)
    return Instance(sessions=tuple(sessions), judges=panel, entries=entries, minutes=minutes)
