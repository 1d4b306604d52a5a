"""Plans of a review: their states, and a roadshow as sessions, panels and places. Pure.

A *session* is a room for half a day; its *panel* sits through all of it. A pitch takes one of its *places*, one after
the other, ``presentation + questions`` minutes long with a pause between two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from chassis.errors import ConflictError
from contracts.projects.codes_review import ReviewCode

SOLVING, PROPOSED, INFEASIBLE, CONFIRMED, DISCARDED = "solving", "proposed", "infeasible", "confirmed", "discarded"
TRANSITIONS: dict[tuple[str, str], str] = {
    (SOLVING, "propose"): PROPOSED,
    (SOLVING, "find_infeasible"): INFEASIBLE,
    (SOLVING, "discard"): DISCARDED,
    (PROPOSED, "confirm"): CONFIRMED,
    (PROPOSED, "discard"): DISCARDED,
    (INFEASIBLE, "discard"): DISCARDED,
}
Span = tuple[datetime, datetime]


def next_status(status: str, action: str) -> str:
    """The table, or a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ReviewCode.REVIEW_PLAN_STATE, status=status, action=action) from None


def overlap(first: Span, second: Span) -> bool:
    """Whether two spans share time; touching is not sharing."""
    return first[0] < second[1] and second[0] < first[1]


@dataclass(frozen=True, kw_only=True)
class Session:
    """A room for a stretch of time."""

    id: str
    room: str
    starts_at: datetime
    ends_at: datetime

    @property
    def span(self) -> Span:
        return self.starts_at, self.ends_at


@dataclass(frozen=True, kw_only=True)
class Judge:
    """A member of the panel: when away, and how many sessions at most."""

    id: str
    absences: tuple[Span, ...] = ()
    sessions_at_most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A proposal to be pitched: ``needed`` judges without conflict must be present, and each of ``required``.

    ``fixed``: session and place of a pitch that was begun; it stays there.
    """

    id: str
    organisation_id: str
    needed: int
    conflicts: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    absences: tuple[Span, ...] = ()
    fixed: tuple[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """Length of a pitch, and the pause after it."""

    presentation: int
    questions: int
    pause: int = 0

    @property
    def pitch(self) -> int:
        return self.presentation + self.questions


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Everything a schedule depends on. ``closures``: a room and when it is not to be had."""

    sessions: tuple[Session, ...]
    judges: tuple[Judge, ...]
    entries: tuple[Entry, ...]
    minutes: Minutes
    closures: tuple[tuple[str, Span], ...] = ()

    @cached_property
    def session(self) -> Mapping[str, Session]:
        return {item.id: item for item in self.sessions}

    @cached_property
    def judge(self) -> Mapping[str, Judge]:
        return {item.id: item for item in self.judges}

    @cached_property
    def entry(self) -> Mapping[str, Entry]:
        return {item.id: item for item in self.entries}

    def places(self, session: Session) -> int:
        """How many pitches a session holds; the last one needs no pause after it."""
        whole = int((session.ends_at - session.starts_at) / timedelta(minutes=1))
        return max(0, (whole + self.minutes.pause) // (self.minutes.pitch + self.minutes.pause))

    def place(self, session: Session, number: int) -> Span:
        """From when to when the pitch at a place runs; places count from 0."""
        starts = session.starts_at + timedelta(minutes=number * (self.minutes.pitch + self.minutes.pause))
        return starts, starts + timedelta(minutes=self.minutes.pitch)

    def is_closed(self, session: Session) -> bool:
        """Whether the room is closed at any time of the session."""
        return any(room == session.room and overlap(span, session.span) for room, span in self.closures)

    def is_able(self, judge: Judge, session: Session) -> bool:
        """A judge sits through a whole session or not at all."""
        return not any(overlap(span, session.span) for span in judge.absences)

    def allowed(self, entry: Entry, session: Session) -> tuple[int, ...]:
        """The places of a session at which the presenter can be there."""
        if entry.fixed is not None:
            return (entry.fixed[1],) if entry.fixed[0] == session.id else ()
        numbers = range(self.places(session))
        return tuple(
            number
            for number in numbers
            if not any(overlap(span, self.place(session, number)) for span in entry.absences)
        )

    @cached_property
    def clashes(self) -> tuple[tuple[Session, Session], ...]:
        """Pairs of sessions at the same time."""
        ordered = self.sessions
        return tuple(
            (first, second)
            for number, first in enumerate(ordered)
            for second in ordered[number + 1 :]
            if overlap(first.span, second.span)
        )


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """An answer: who sits in which session, and which session (and, once drawn, which place) a pitch has."""

    panels: Mapping[str, frozenset[str]] = field(default_factory=dict)
    placed: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)

    def entries_of(self, session_id: str) -> list[str]:
        return sorted(entry for entry, session in self.placed.items() if session == session_id)


def seat(order: Sequence[str], allowed: Mapping[str, Iterable[int]], taken: Mapping[str, int]) -> dict[str, int]:
    """Places within one session: in the order drawn, each the earliest place that leaves the others theirs.

    ``taken``: who keeps which place. Raises ``schedule_infeasible`` where there are not enough places.
    """
    seats = dict(taken)
    free = {name: sorted(set(allowed[name]) - set(taken.values())) for name in order if name not in taken}
    waiting = list(free)
    if not _fits(waiting, free):
        raise ConflictError(ReviewCode.SCHEDULE_INFEASIBLE, proposal_ids=sorted(waiting))
    while waiting:
        name = waiting.pop(0)
        for number in free[name]:
            rest = {other: [each for each in free[other] if each != number] for other in waiting}
            if _fits(waiting, rest):
                seats[name] = number
                free = rest
                break
    return seats


def _fits(names: Sequence[str], free: Mapping[str, Sequence[int]]) -> bool:
    """Whether all can be seated: a matching by augmenting paths (Kuhn)."""
    holder: dict[int, str] = {}

    def find(name: str, seen: set[int]) -> bool:
        for number in free[name]:
            if number in seen:
                continue
            seen.add(number)
            if number not in holder or find(holder[number], seen):
                holder[number] = name
                return True
        return False

    return all(find(name, set()) for name in names)


def days(sessions: Iterable[Session], offset: timedelta) -> Iterator[tuple[str, list[Session]]]:
    """Sessions by calendar day, in order of their start; ``offset`` from UTC."""
    found: dict[str, list[Session]] = {}
    for session in sorted(sessions, key=lambda item: (item.starts_at, item.id)):
        found.setdefault((session.starts_at + offset).date().isoformat(), []).append(session)
    yield from found.items()
