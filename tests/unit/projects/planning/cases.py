"""Small roadshows, drawn by hypothesis or made from a seed."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, combinations, product

from hypothesis import strategies as st

from bench.roadshow_case import FIRST
from services.projects.planning import checking
from services.projects.planning.domain import Entry, Instance, Judge, Minutes, Session, Span, Timetable

HALF_HOUR = timedelta(minutes=30)


def session(number: int, *, half: int = 0, room: str = "A", places: int = 2) -> Session:
    starts = FIRST + timedelta(hours=5 * half)
    return Session(id=f"s{number}", room=room, starts_at=starts, ends_at=starts + places * HALF_HOUR)


MINUTES = Minutes(presentation=20, questions=10)


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """At most four pitches, three sessions of one or two places, three judges."""
    sessions = tuple(
        session(number, half=draw(st.integers(0, 1)), room=draw(st.sampled_from("AB")), places=draw(st.integers(1, 2)))
        for number in range(draw(st.integers(1, 3)))
    )
    spans: list[Span] = [item.span for item in sessions]
    spans += [(item.starts_at, item.starts_at + HALF_HOUR) for item in sessions]
    away = st.lists(st.sampled_from(spans), max_size=1).map(tuple)
    judges = tuple(
        Judge(id=f"j{number}", absences=draw(away), sessions_at_most=draw(st.sampled_from([None, None, 1])))
        for number in range(draw(st.integers(1, 3)))
    )
    names = st.sampled_from([judge.id for judge in judges])
    entries = []
    for number in range(draw(st.integers(1, 4))):
        conflicts = frozenset(draw(st.sets(names, max_size=1)))
        required = frozenset(draw(st.sets(names, max_size=1))) - conflicts
        entries.append(
            Entry(
                id=f"p{number}",
                organisation_id=draw(st.sampled_from(["o1", "o2", f"own{number}"])),
                needed=draw(st.integers(1, 2)),
                conflicts=conflicts,
                required=required,
                absences=draw(away),
            )
        )
    closures = tuple(("A", span) for span in draw(st.lists(st.sampled_from(spans), max_size=1)))
    return Instance(sessions=sessions, judges=judges, entries=tuple(entries), minutes=MINUTES, closures=closures)


def fits(made: Instance, table: Timetable) -> bool:
    """No rule broken, and the pitches of each session can be seated."""
    if checking.violations(made, table):
        return False
    return all(_seatable(made, each, table.entries_of(each.id)) for each in made.sessions)


def _seatable(made: Instance, at: Session, names: list[str]) -> bool:
    choices = [made.allowed(made.entry[name], at) for name in names]
    return any(len(set(chosen)) == len(chosen) for chosen in product(*choices))


def every_panel(made: Instance) -> list[dict[str, frozenset[str]]]:
    names = [judge.id for judge in made.judges]
    subsets = [frozenset(each) for each in chain.from_iterable(combinations(names, n) for n in range(len(names) + 1))]
    ids = [item.id for item in made.sessions]
    return [dict(zip(ids, panels, strict=True)) for panels in product(subsets, repeat=len(ids))]


def every_timetable(made: Instance) -> list[Timetable]:
    """All that break no rule; judges sit only where somebody pitches."""
    ids = [item.id for item in made.sessions]
    panels = [each for each in every_panel(made) if not _impossible(made, each)]
    found = []
    for places in product(ids, repeat=len(made.entries)):
        placed = dict(zip([entry.id for entry in made.entries], places, strict=True))
        used = set(places)
        for each in panels:
            if all(not panel or name in used for name, panel in each.items()):
                table = Timetable(panels=each, placed=placed)
                if fits(made, table):
                    found.append(table)
    return found


def _impossible(made: Instance, panels: dict[str, frozenset[str]]) -> bool:
    table = Timetable(panels=panels)
    return any(item.code.startswith("judge") for item in checking.violations(made, table))
