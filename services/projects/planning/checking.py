"""What is wrong with a timetable: checked without the solver, for its answers as for moves by hand. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from services.projects.planning.domain import Entry, Instance, Session, Timetable, overlap

TEXTS = {
    "unplaced": ("没有安排场次", "has no session"),
    "place_unknown": ("该场次没有这个时段", "the session has no such place"),
    "place_taken": ("时段重复", "two pitches have the same place"),
    "session_full": ("场次已满", "the session is full"),
    "room_closed": ("场地不可用", "the room is closed"),
    "room_twice": ("同一场地同时有两场", "the room has two sessions at once"),
    "presenter_absent": ("答辩人该时段不能到场", "the presenter is away"),
    "organisation_twice": ("同一组织同时有两场", "the organisation is in two places at once"),
    "judge_absent": ("评委该场不能到场", "a judge is away"),
    "judge_twice": ("评委同时有两场", "a judge is in two places at once"),
    "judge_over_limit": ("评委场次超过上限", "a judge sits in more sessions than agreed"),
    "panel_short": ("无利益冲突的评委不足", "too few judges without a conflict"),
    "panel_missing": ("指定的评委不在场", "an assigned judge is not there"),
}


@dataclass(frozen=True, order=True)
class Violation:
    """``code`` of :data:`TEXTS`, and whom it is about: ids of proposals, sessions, judges."""

    code: str
    about: tuple[str, ...]

    def explain(self) -> dict[str, object]:
        zh, en = TEXTS[self.code]
        return {"code": self.code, "about": list(self.about), "zh": zh, "en": en}


def violations(made: Instance, table: Timetable) -> list[Violation]:
    """Every rule that the timetable breaks; none for a good one."""
    found = [*_entries(made, table), *_sessions(made, table), *_judges(made, table)]
    return sorted({Violation(code, about) for code, about in found})


_Found = tuple[str, tuple[str, ...]]


def _entries(made: Instance, table: Timetable) -> Iterator[_Found]:
    for entry in made.entries:
        session = made.session.get(table.placed.get(entry.id, ""))
        if session is None:
            yield "unplaced", (entry.id,)
            continue
        yield from _entry(made, table, entry, session)
    for first, second in made.clashes:
        owners = [{made.entry[item].organisation_id for item in table.entries_of(each.id)} for each in (first, second)]
        yield from (("organisation_twice", (owner, first.id, second.id)) for owner in owners[0] & owners[1])


def _entry(made: Instance, table: Timetable, entry: Entry, session: Session) -> Iterator[_Found]:
    number = table.numbers.get(entry.id)
    if number is not None and not 0 <= number < made.places(session):
        yield "place_unknown", (entry.id, session.id)
    elif number not in made.allowed(entry, session) if number is not None else not made.allowed(entry, session):
        yield "presenter_absent", (entry.id, session.id)
    panel = table.panels.get(session.id, frozenset())
    if len(panel - entry.conflicts) < entry.needed:
        yield "panel_short", (entry.id, session.id)
    yield from (("panel_missing", (entry.id, session.id, judge)) for judge in sorted(entry.required - panel))


def _sessions(made: Instance, table: Timetable) -> Iterator[_Found]:
    used = set(table.placed.values())
    for session in made.sessions:
        if session.id not in used:
            continue
        inside = table.entries_of(session.id)
        if len(inside) > made.places(session):
            yield "session_full", (session.id,)
        if made.is_closed(session):
            yield "room_closed", (session.id,)
        numbers = Counter(table.numbers[item] for item in inside if item in table.numbers)
        for number, count in numbers.items():
            if count > 1:
                yield "place_taken", tuple(item for item in inside if table.numbers.get(item) == number)
    for first, second in made.clashes:
        if first.room == second.room and {first.id, second.id} <= used:
            yield "room_twice", (first.id, second.id)


def _judges(made: Instance, table: Timetable) -> Iterator[_Found]:
    sits: dict[str, list[Session]] = {}
    for session_id, panel in table.panels.items():
        for name in sorted(panel):
            sits.setdefault(name, []).append(made.session[session_id])
    for judge_id, sessions in sits.items():
        judge = made.judge[judge_id]
        yield from (("judge_absent", (judge_id, each.id)) for each in sessions if not made.is_able(judge, each))
        if judge.sessions_at_most is not None and len(sessions) > judge.sessions_at_most:
            yield "judge_over_limit", (judge_id,)
        for number, first in enumerate(sessions):
            for second in sessions[number + 1 :]:
                if overlap(first.span, second.span):
                    yield "judge_twice", (judge_id, *sorted((first.id, second.id)))
