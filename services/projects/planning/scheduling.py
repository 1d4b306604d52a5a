"""Solving a schedule: goals one after the other, each proved before the next; one worker, so the same every time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ortools.sat.python import cp_model

from services.projects.planning.domain import Instance, Timetable, days
from services.projects.planning.sessions_model import Model, build, read

SHANGHAI = timedelta(hours=8)
OPTIMAL, FEASIBLE, INFEASIBLE, UNKNOWN = "optimal", "feasible", "infeasible", "unknown"
_STATUS = {
    cp_model.OPTIMAL: OPTIMAL,
    cp_model.FEASIBLE: FEASIBLE,
    cp_model.INFEASIBLE: INFEASIBLE,
    cp_model.MODEL_INVALID: INFEASIBLE,
    cp_model.UNKNOWN: UNKNOWN,
}


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How hard to try. ``work`` is the solver's own measure, the same on every machine; ``seconds`` a safety net."""

    seed: int = 0
    work: float = 60.0
    seconds: float = 300.0


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What was reached of one goal, what cannot be beaten, and whether that is proved."""

    name: str
    value: int
    bound: int
    status: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """``table`` is nothing where none exists or none was found."""

    status: str
    table: Timetable | None
    goals: tuple[Goal, ...]
    seconds: float


def solve(
    made: Instance,
    *,
    effort: Effort = Effort(),
    before: Timetable | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Answer:
    """The best timetable. With ``before`` the fewest pitches change their session, then the fewest judges theirs.

    ``optimal`` means: every goal was proved, in the order of the goals (docs/roadshow.md).
    """
    started = time.monotonic()
    model = build(made, before=before, seed=effort.seed)
    aims = list(_goals(model, before))
    found: list[Goal] = []
    table: Timetable | None = None
    for number, (name, expression) in enumerate(aims):
        progress(number, len(aims))
        model.cp.minimize(expression)
        solver = solver_of(effort)
        status = _STATUS[solver.solve(model.cp)]
        if status in (INFEASIBLE, UNKNOWN):
            if table is None:
                return Answer(status=status, table=None, goals=(), seconds=time.monotonic() - started)
            status = UNKNOWN  # an earlier goal's answer stands
            break
        table = read(model, solver.value)
        value, bound = round(solver.objective_value), round(solver.best_objective_bound)
        found.append(Goal(name=name, value=value, bound=bound, status=status))
        _hint(model, solver)
        model.cp.add(expression <= value)
    proved = len(found) == len(aims) and all(goal.status == OPTIMAL for goal in found)
    return Answer(
        status=OPTIMAL if proved else FEASIBLE,
        table=table,
        goals=tuple(found),
        seconds=time.monotonic() - started,
    )


def is_feasible(made: Instance, effort: Effort) -> bool | None:
    """Whether any timetable exists; nothing where the effort did not suffice to say."""
    solver = solver_of(effort)
    status = _STATUS[solver.solve(build(made, seed=effort.seed).cp)]
    return None if status == UNKNOWN else status != INFEASIBLE


def solver_of(effort: Effort) -> cp_model.CpSolver:
    """One worker and a fixed seed: the search does not depend on the machine."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = effort.seed
    solver.parameters.linearization_level = 2  # the bounds of these models are in their linear relaxation
    solver.parameters.max_deterministic_time = effort.work
    solver.parameters.max_time_in_seconds = effort.seconds
    return solver


def _hint(model: Model, solver: cp_model.CpSolver) -> None:
    model.cp.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools annotates the others
    for variables in (model.opened, model.sits, model.count, model.used):
        for variable in variables.values():
            model.cp.add_hint(variable, solver.value(variable))


def _goals(model: Model, before: Timetable | None) -> Iterator[tuple[str, Any]]:
    if before is not None:
        yield "pitches_moved", _moved(model)
        yield "judges_changed", _changed(model, before)
    yield "judge_sessions", sum(model.sits.values())
    yield "sessions", sum(model.opened.values())
    visits, holes = _visits(model)
    yield "judge_days", sum(visits)
    if holes:
        yield "holes", sum(holes)


def _moved(model: Model) -> Any:
    """Pitches that had a session and get another one."""
    terms = [
        model.count[group.number, session_id]
        for group in model.groups
        for session_id in group.allowed
        if group.before is not None and session_id != group.before
    ]
    return sum(terms) if terms else cp_model.LinearExpr.sum([])


def _changed(model: Model, before: Timetable) -> Any:
    """Judges who sit where they did not, or no longer where they did."""
    terms: list[Any] = []
    for (judge, session_id), variable in model.sits.items():
        sat = judge in before.panels.get(session_id, frozenset())
        terms.append(1 - variable if sat else variable)
    return sum(terms) if terms else cp_model.LinearExpr.sum([])


def _visits(model: Model) -> tuple[list[Any], list[Any]]:
    """Per judge and day: whether the judge comes at all, and whether a session without the judge lies in between."""
    visits, holes = [], []
    for day, sessions in days(model.sessions, SHANGHAI):
        starts = sorted({session.starts_at for session in sessions})
        for judge in model.made.judges:
            there = {
                start: [
                    model.sits[judge.id, each.id]
                    for each in sessions
                    if each.starts_at == start and (judge.id, each.id) in model.sits
                ]
                for start in starts
            }
            mine = [variable for variables in there.values() for variable in variables]
            if not mine:
                continue
            visit = model.cp.new_bool_var(f"visit {judge.id} {day}")
            model.cp.add_max_equality(visit, mine)
            model.cp.add(sum(mine) <= len([start for start in starts if there[start]]) * visit)
            visits.append(visit)
            holes += _holes(model, [sum(there[start]) for start in starts])
    return visits, holes


def _holes(model: Model, there: list[Any]) -> list[Any]:
    found = []
    for number in range(1, len(there) - 1):
        hole = model.cp.new_bool_var("hole")
        for earlier in there[:number]:
            for later in there[number + 1 :]:
                model.cp.add(hole >= earlier + later - 1 - there[number])
        found.append(hole)
    return found
