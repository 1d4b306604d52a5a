"""The schedule as a constraint model: which pitch goes into which session, and which judges sit in it.

Two ideas keep the proof small. A judge sits through a session, so minutes do not appear: a session has places, and only
presenters who are away for a part of it are given single places. And pitches that nothing distinguishes (same
conflicts, same absences, no second pitch of their organisation) are one *class*; the model counts a class per session
instead of naming its members, which takes 60! of symmetry out of it.

Loaded in the job process only; OR-Tools is large.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from services.projects.planning.domain import Entry, Instance, Session, Timetable

Expr = Any


@dataclass(frozen=True, kw_only=True)
class Group:
    """Pitches the model need not tell apart. ``allowed``: places by session, for sessions they can be in at all."""

    number: int
    members: tuple[Entry, ...]
    allowed: Mapping[str, tuple[int, ...]]
    before: str | None

    @property
    def first(self) -> Entry:
        return self.members[0]


def groups_of(made: Instance, open_sessions: Sequence[Session], before: Timetable | None, seed: int) -> list[Group]:
    """Entries by what the model sees of them; members in an order that the seed decides."""
    per_organisation = Counter(entry.organisation_id for entry in made.entries)
    found: dict[tuple[Any, ...], list[Entry]] = defaultdict(list)
    for entry in made.entries:
        allowed = tuple((session.id, made.allowed(entry, session)) for session in open_sessions)
        owner = entry.organisation_id if per_organisation[entry.organisation_id] > 1 else ""
        old = before.placed.get(entry.id) if before else None
        key = (owner, sorted(entry.conflicts), sorted(entry.required), entry.needed, allowed, old or "")
        found[tuple(map(str, key))].append(entry)
    made_groups = []
    for number, key in enumerate(sorted(found)):
        members = tuple(sorted(found[key], key=lambda entry: chance(seed, entry.id)))
        old = before.placed.get(members[0].id) if before else None
        possible = ((each.id, made.allowed(members[0], each)) for each in open_sessions)
        usable = {session: places for session, places in possible if places}
        made_groups.append(Group(number=number, members=members, allowed=usable, before=old))
    return made_groups


def chance(seed: int, text: str) -> str:
    """Breaks ties by nobody's choice, the same for the same seed."""
    return hashlib.sha256(f"{seed} {text}".encode()).hexdigest()


@dataclass(kw_only=True)
class Model:
    """The model and its variables; keys are ids (groups: numbers)."""

    cp: cp_model.CpModel
    made: Instance
    sessions: list[Session]
    groups: list[Group]
    opened: dict[str, Expr] = field(default_factory=dict)
    sits: dict[tuple[str, str], Expr] = field(default_factory=dict)
    count: dict[tuple[int, str], Expr] = field(default_factory=dict)
    used: dict[tuple[int, str], Expr] = field(default_factory=dict)

    def present(self, session_id: str, judges: Iterable[str]) -> list[Expr]:
        return [self.sits[judge, session_id] for judge in judges if (judge, session_id) in self.sits]


def build(made: Instance, *, before: Timetable | None = None, seed: int = 0) -> Model:
    """The constraints; the goals come in :mod:`scheduling`."""
    sessions = [item for item in made.sessions if made.places(item) > 0 and not made.is_closed(item)]
    sessions.sort(key=lambda item: (item.starts_at, item.ends_at, item.room, item.id))
    model = Model(cp=cp_model.CpModel(), made=made, sessions=sessions, groups=groups_of(made, sessions, before, seed))
    _variables(model)
    _placing(model)
    _panels(model)
    _nobody_twice(model)
    _bounds(model)
    if before is None:
        _symmetry(model)
    return model


def _variables(model: Model) -> None:
    cp = model.cp
    for session in model.sessions:
        model.opened[session.id] = cp.new_bool_var(f"open {session.id}")
        for judge in model.made.judges:
            if model.made.is_able(judge, session):
                model.sits[judge.id, session.id] = cp.new_bool_var(f"sits {judge.id} {session.id}")
    for group in model.groups:
        for session in model.sessions:
            if session.id in group.allowed:
                most = min(len(group.members), len(group.allowed[session.id]))
                key = (group.number, session.id)
                model.count[key] = cp.new_int_var(0, most, f"count {key}")
                model.used[key] = cp.new_bool_var(f"used {key}")
                cp.add(model.count[key] <= most * model.used[key])
                cp.add(model.count[key] >= model.used[key])


def _placing(model: Model) -> None:
    """Everybody once, no session beyond its places; who is away for a part of a session gets a place by number."""
    cp, made = model.cp, model.made
    for group in model.groups:
        cp.add(sum(model.count[group.number, each] for each in group.allowed) == len(group.members))
    for session in model.sessions:
        places = made.places(session)
        inside = [model.count[group.number, session.id] for group in model.groups if session.id in group.allowed]
        cp.add(sum(inside) <= places * model.opened[session.id])
        single: dict[int, list[Expr]] = defaultdict(list)
        for group in model.groups:
            numbers = group.allowed.get(session.id, ())
            if 0 < len(numbers) < places:
                taken = [cp.new_bool_var(f"place {group.number} {session.id} {number}") for number in numbers]
                cp.add(sum(taken) == model.count[group.number, session.id])
                for number, variable in zip(numbers, taken, strict=True):
                    single[number].append(variable)
        for variables in single.values():
            cp.add_at_most_one(variables)


def _panels(model: Model) -> None:
    """Whoever pitches has enough judges without a conflict before them, and each who was assigned."""
    cp = model.cp
    judges = [judge.id for judge in model.made.judges]
    least = min((entry.needed for entry in model.made.entries), default=0)
    for session in model.sessions:
        everybody = model.present(session.id, judges)
        cp.add(sum(everybody) >= least * model.opened[session.id])
        for variable in everybody:
            cp.add_implication(variable, model.opened[session.id])
    for (number, session_id), used in model.used.items():
        entry = model.groups[number].first
        cp.add_implication(used, model.opened[session_id])
        free = model.present(session_id, (judge for judge in judges if judge not in entry.conflicts))
        cp.add(sum(free) >= entry.needed * used)
        for judge in sorted(entry.required):
            if (judge, session_id) in model.sits:
                cp.add_implication(used, model.sits[judge, session_id])
            else:
                cp.add(used == 0)


def _nobody_twice(model: Model) -> None:
    """No room, judge or organisation in two sessions that share time."""
    cp, made = model.cp, model.made
    for judge in made.judges:
        mine = [model.sits[judge.id, each.id] for each in model.sessions if (judge.id, each.id) in model.sits]
        if judge.sessions_at_most is not None:
            cp.add(sum(mine) <= judge.sessions_at_most)
    for session in model.sessions:  # sessions under way when one starts: the largest sets that share an instant
        together = [each for each in model.sessions if each.starts_at <= session.starts_at < each.ends_at]
        for judge in made.judges:
            cp.add_at_most_one(model.sits[judge.id, each.id] for each in together if (judge.id, each.id) in model.sits)
        by_room: dict[str, list[Expr]] = defaultdict(list)
        for each in together:
            by_room[each.room].append(model.opened[each.id])
        for variables in by_room.values():
            cp.add_at_most_one(variables)
    _organisations(model)


def _organisations(model: Model) -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    for group in model.groups:
        for owner in {entry.organisation_id for entry in group.members}:
            numbers[owner].append(group.number)
    several = Counter(entry.organisation_id for entry in model.made.entries)
    usable = {session.id for session in model.sessions}
    for owner, mine in sorted(numbers.items()):
        if several[owner] < 2:
            continue
        for first, second in model.made.clashes:
            if {first.id, second.id} <= usable:
                pairs = [
                    (model.used[one, first.id], model.used[two, second.id])
                    for one in mine
                    for two in mine
                    if (one, first.id) in model.used and (two, second.id) in model.used
                ]
                for left, right in pairs:
                    model.cp.add_at_most_one([left, right])


def _bounds(model: Model) -> None:
    """What follows from counting, told to the solver: the largest sessions must hold everybody, so at least so many
    are opened, each with at least the smallest panel."""
    made, left, least = model.made, len(model.made.entries), 0
    for places in sorted((made.places(each) for each in model.sessions), reverse=True):
        if left <= 0:
            break
        left, least = left - places, least + 1
    panel = min((entry.needed for entry in made.entries), default=0)
    if model.sessions:
        model.cp.add(sum(model.opened.values()) >= least)
    if model.sits:
        model.cp.add(sum(model.sits.values()) >= least * panel)


def _symmetry(model: Model) -> None:
    """Sessions at the same time in equal rooms are interchangeable: the fuller comes first."""
    for first, second in zip(model.sessions, model.sessions[1:], strict=False):
        if first.span == second.span and first.room != second.room:
            load = [
                sum(model.count[group.number, each.id] for group in model.groups if each.id in group.allowed)
                for each in (first, second)
            ]
            model.cp.add(load[0] >= load[1])


def read(model: Model, value: Any) -> Timetable:
    """The answer with names again: members of a class are dealt out in the class's order."""
    placed: dict[str, str] = {}
    for group in model.groups:
        members = list(group.members)
        for session_id in group.allowed:
            for _ in range(value(model.count[group.number, session_id])):
                placed[members.pop(0).id] = session_id
    busy = set(placed.values())
    panels = {
        session.id: frozenset(
            judge.id
            for judge in model.made.judges
            if (judge.id, session.id) in model.sits and value(model.sits[judge.id, session.id])
        )
        for session in model.sessions
        if session.id in busy
    }
    return Timetable(panels=panels, placed=placed)
