"""Schedules against every timetable there is, on small cases; named conflict sets; the district's size."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bench.roadshow_case import FIRST, district
from chassis.errors import ConflictError
from services.projects.planning import checking, conflict_set, domain, scheduling
from services.projects.planning.conflict_set import restricted
from services.projects.planning.domain import Entry, Instance, Judge, Timetable, seat
from services.projects.planning.scheduling import Effort
from tests.unit.projects.planning.cases import MINUTES, every_timetable, fits, instances, session

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def worth(made: Instance, table: Timetable) -> tuple[int, int, int]:
    """The goals of a fresh schedule, counted anew."""
    sits = [(judge, made.session[name]) for name, panel in table.panels.items() for judge in panel]
    day = [(judge, (each.starts_at + timedelta(hours=8)).date()) for judge, each in sits]
    return len(sits), len(set(table.placed.values())), len(set(day))


@FEW
@given(instances())
def test_no_schedule_is_better(made: Instance) -> None:
    tables = every_timetable(made)
    found = scheduling.solve(made)
    if found.table is None:
        assert found.status == "infeasible"
        assert tables == []
        return
    assert found.status == "optimal"
    assert fits(made, found.table)
    assert worth(made, found.table) == min(worth(made, table) for table in tables)


@FEW
@given(instances(), st.data())
def test_planned_again_as_few_pitches_move_as_can_be(made: Instance, data: st.DataObject) -> None:
    before = scheduling.solve(made).table
    assume(before is not None and before.panels)
    assert before is not None
    sitting = sorted((judge, name) for name, panel in before.panels.items() for judge in panel)
    ill, when = data.draw(st.sampled_from(sitting))
    judges = [
        replace(judge, absences=(*judge.absences, made.session[when].span)) if judge.id == ill else judge
        for judge in made.judges
    ]
    changed = replace(made, judges=tuple(judges))
    found = scheduling.solve(changed, before=before).table
    tables = every_timetable(changed)
    if found is None:
        assert tables == []
        return
    assert fits(changed, found)

    def moves(table: Timetable) -> int:
        return sum(before.placed[name] != where for name, where in table.placed.items())

    assert moves(found) == min(moves(table) for table in tables)


@FEW
@given(instances())
def test_a_conflict_set_cannot_be_met_and_each_removal_helps(made: Instance) -> None:
    assume(every_timetable(made) == [])
    found = conflict_set.conflict_set(made)
    assert found.minimal
    kept = list(found.requirements)
    assert every_timetable(restricted(made, kept)) == []
    for gone in kept:
        rest = restricted(made, [item for item in kept if item != gone])
        assert not rest.entries or every_timetable(rest) != []


def test_what_has_begun_stays_and_asks_for_nobody() -> None:
    morning, afternoon = session(1), session(2, half=1)
    entries = (
        Entry(id="p1", organisation_id="o1", needed=0, fixed=("s1", 1)),
        Entry(id="p2", organisation_id="o2", needed=1),
        Entry(id="p3", organisation_id="o3", needed=1),
    )
    judges = (Judge(id="a", absences=(morning.span,)),)
    made = Instance(sessions=(morning, afternoon), judges=judges, entries=entries, minutes=MINUTES)
    found = scheduling.solve(made).table
    assert found is not None
    assert found.placed == {"p1": "s1", "p2": "s2", "p3": "s2"}
    assert seat(["p1"], {"p1": made.allowed(entries[0], morning)}, {}) == {"p1": 1}


def test_who_collides_is_named() -> None:
    morning, afternoon = session(1, places=4), session(2, half=1, places=1)
    judges = (Judge(id="a", absences=(morning.span,)), Judge(id="b"))
    entries = tuple(
        Entry(id=name, organisation_id=name, needed=1, conflicts=frozenset({"b"} if name in ("p3", "p7") else ()))
        for name in ("p1", "p2", "p3", "p7")
    )
    made = Instance(sessions=(morning, afternoon), judges=judges, entries=entries, minutes=MINUTES)
    assert scheduling.solve(made).status == "infeasible"
    found = conflict_set.conflict_set(made)
    assert {(item.kind, item.about) for item in found.requirements} == {
        ("proposal", "p3"),
        ("proposal", "p7"),
        ("conflicts", "p3"),
        ("conflicts", "p7"),
        ("judge_absent", "a"),
    }


def test_too_many_pitches_are_named_as_such() -> None:
    entries = tuple(Entry(id=f"p{number}", organisation_id=f"o{number}", needed=1) for number in range(6))
    made = Instance(
        sessions=(session(1), session(2, half=1)), judges=(Judge(id="a"),), entries=entries, minutes=MINUTES
    )
    found = conflict_set.conflict_set(made)
    assert [item.kind for item in found.requirements] == ["proposal"] * 5


@pytest.mark.parametrize("seed", [1, 2])
def test_sixty_pitches_before_twelve_judges_on_three_days_are_proved_optimal(seed: int) -> None:
    made = district(seed)
    found = scheduling.solve(made, effort=Effort(seed=seed))
    assert found.status == "optimal"
    assert found.table is not None
    assert fits_at_size(made, found.table)
    assert scheduling.solve(made, effort=Effort(seed=seed)).table == found.table
    full = max(found.table.panels, key=lambda name: (len(found.table.entries_of(name)) if found.table else 0, name))
    ill = min(found.table.panels[full])
    judges = tuple(
        replace(judge, absences=(*judge.absences, made.session[full].span)) if judge.id == ill else judge
        for judge in made.judges
    )
    again = scheduling.solve(replace(made, judges=judges), before=found.table)
    assert again.status == "optimal"
    assert again.table is not None
    assert ill not in again.table.panels.get(full, frozenset())
    assert checking.violations(replace(made, judges=judges), again.table) == []


def fits_at_size(made: Instance, table: Timetable) -> bool:
    for each in made.sessions:
        names = table.entries_of(each.id)
        seat(names, {name: made.allowed(made.entry[name], each) for name in names}, {})
    return checking.violations(made, table) == []


@given(st.lists(st.sets(st.integers(0, 4), min_size=1), min_size=1, max_size=5))
def test_everybody_is_seated_in_the_order_drawn_or_it_is_said_that_nobody_can_be(allowed: list[set[int]]) -> None:
    names = [f"p{number}" for number in range(len(allowed))]
    by_name = dict(zip(names, allowed, strict=True))
    if not _seats_exist(names, by_name):
        with pytest.raises(ConflictError, match="schedule_infeasible"):
            seat(names, by_name, {})
        return
    seats = seat(names, by_name, {})
    assert sorted(seats) == names
    assert len(set(seats.values())) == len(names)
    assert all(seats[name] in by_name[name] for name in names)
    assert seats[names[0]] == min(
        number
        for number in by_name[names[0]]
        if _seats_exist(names[1:], {name: by_name[name] - {number} for name in names[1:]})
    )


def _subsets(names: list[str]) -> list[list[str]]:
    return [[name for bit, name in enumerate(names) if mask >> bit & 1] for mask in range(1, 1 << len(names))]


def _seats_exist(names: list[str], allowed: dict[str, set[int]]) -> bool:
    return all(len(set().union(*(allowed[name] for name in part))) >= len(part) for part in _subsets(names))


def test_a_place_that_is_kept_is_not_given_away() -> None:
    assert seat(["a", "b"], {"a": {0, 1}, "b": {0, 1}}, {"b": 0}) == {"a": 1, "b": 0}


def test_places_follow_one_another_with_a_pause() -> None:
    made = replace(district(1), closures=(("A", (FIRST, FIRST + timedelta(minutes=1))),))
    first = made.sessions[0]
    assert made.places(first) == 12
    assert made.place(first, 1) == (FIRST + timedelta(minutes=15), FIRST + timedelta(minutes=28))
    assert made.is_closed(first)
    assert not made.is_closed(made.sessions[1])


@pytest.mark.parametrize("status", ["solving", "proposed", "infeasible", "confirmed", "discarded"])
@pytest.mark.parametrize("action", ["propose", "find_infeasible", "confirm", "discard"])
def test_a_plan_takes_the_steps_of_its_table_only(status: str, action: str) -> None:
    if (status, action) in domain.TRANSITIONS:
        assert domain.next_status(status, action) == domain.TRANSITIONS[status, action]
    else:
        with pytest.raises(ConflictError):
            domain.next_status(status, action)
