"""An election as the rules see it: projects that cost, voters who gave points, a budget. Whole numbers throughout.

Money and points that have decimals are scaled up once, when an election is made; ``unit`` and ``point`` say by how
much. Voters whose ballots are equal keep equal purses under every rule, so that they are kept as one group
with a count.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

Number = int | Fraction
Ballot = Mapping[str, Number]
Bucket = tuple[int, int, list[int]]  # weight of the project for the group, voters in each group, the groups


class AllocationError(ValueError):
    """The input cannot be decided; ``code`` is stable, the message is for people (Chinese first)."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Project:
    """Something that may be funded. ``cost`` counts units of the election; ``withdrawn`` is never funded."""

    id: str
    cost: int
    name: str = ""
    field: str | None = None
    street: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True)
class Election:
    """``groups``: what equal ballots say → how many voters said it. A ballot without a project gave it nothing."""

    projects: tuple[Project, ...]
    budget: int
    groups: Mapping[tuple[tuple[str, int], ...], int]
    unit: int = 1
    point: int = 1
    approval: bool = True
    warnings: tuple[str, ...] = field(default=())

    @cached_property
    def voters(self) -> int:
        """How many voted, an empty ballot included."""
        return sum(self.groups.values())

    @cached_property
    def by_id(self) -> dict[str, Project]:
        return {project.id: project for project in self.projects}

    @cached_property
    def scores(self) -> dict[str, int]:
        """Points summed (for approvals: supporters), scaled by ``point``."""
        totals = dict.fromkeys(self.by_id, 0)
        for ballot, count in self.groups.items():
            for project_id, points in ballot:
                totals[project_id] += points * count
        return totals

    @cached_property
    def supporters(self) -> dict[str, int]:
        """Voters who gave a project more than nothing."""
        totals = dict.fromkeys(self.by_id, 0)
        for ballot, count in self.groups.items():
            for project_id, points in ballot:
                if points > 0:
                    totals[project_id] += count
        return totals

    def buckets(self, *, points: bool) -> dict[str, list[Bucket]]:
        """For each project its supporters, by weight and group size; without ``points`` every supporter weighs 1."""
        return self._weighted if points and not self.approval else self._index

    @cached_property
    def _index(self) -> dict[str, list[Bucket]]:
        """Most groups are one voter: those lists are filled without asking."""
        single: dict[str, list[int]] = {project_id: [] for project_id in self.by_id}
        several: dict[str, dict[int, list[int]]] = {project_id: {} for project_id in self.by_id}
        append = {project_id: groups.append for project_id, groups in single.items()}
        for number, (ballot, count) in enumerate(self.groups.items()):
            for project_id, given in ballot:
                if given <= 0:
                    continue
                if count == 1:
                    append[project_id](number)
                else:
                    several[project_id].setdefault(count, []).append(number)
        return {
            project_id: ([(1, 1, alone)] if (alone := single[project_id]) else [])
            + [(1, count, groups) for count, groups in several[project_id].items()]
            for project_id in single
        }

    @cached_property
    def _weighted(self) -> dict[str, list[Bucket]]:
        found: dict[str, dict[tuple[int, int], list[int]]] = {project_id: {} for project_id in self.by_id}
        for number, (ballot, count) in enumerate(self.groups.items()):
            for project_id, given in ballot:
                if given > 0:
                    found[project_id].setdefault((given, count), []).append(number)
        return {
            project_id: [(weight, count, groups) for (weight, count), groups in sizes.items()]
            for project_id, sizes in found.items()
        }


def grouped(ballots: Sequence[Ballot], *, weights: Sequence[int] | None = None) -> tuple[dict[Hashable, int], int]:
    """Equal ballots counted, points scaled to whole numbers; with the scale."""
    rows = [tuple(sorted(ballot.items())) for ballot in ballots]
    kinds = {points for ballot in ballots for points in ballot.values()}
    scale = common_scale(kinds)
    if scale != 1 or 0 in kinds:
        rows = [tuple((name, int(points * scale)) for name, points in row if points) for row in rows]
    counted: dict[Hashable, int] = {}
    for row, weight in zip(rows, weights or [1] * len(rows), strict=True):
        counted[row] = counted.get(row, 0) + weight
    return counted, scale


def common_scale(numbers: Iterable[Number]) -> int:
    """The least whole number that makes all of them whole."""
    return math.lcm(*{number.denominator for number in numbers}, 1)


def make(
    projects: Sequence[Mapping[str, object]],
    ballots: Sequence[Ballot],
    budget: Number,
    *,
    approval: bool = True,
    weights: Sequence[int] | None = None,
    warnings: Sequence[str] = (),
) -> Election:
    """An election from numbers as they come; each project is ``{id, cost, name?, field?, street?, withdrawn?}``."""
    costs: list[Number] = [project["cost"] for project in projects]  # type: ignore[misc]
    unit = common_scale([*costs, budget])
    made = tuple(
        Project(**{**project, "cost": int(cost * unit)})  # type: ignore[arg-type]
        for project, cost in zip(projects, costs, strict=True)
    )
    _check(made, budget, ballots)
    groups, point = grouped(ballots, weights=weights)
    return Election(
        projects=made,
        budget=int(budget * unit),
        groups=groups,  # type: ignore[arg-type]
        unit=unit,
        point=point,
        approval=approval and point == 1,
        warnings=tuple(warnings),
    )


def _check(projects: Sequence[Project], budget: Number, ballots: Sequence[Ballot]) -> None:
    ids = {project.id for project in projects}
    if len(ids) != len(projects):
        raise AllocationError("project_twice", "项目编号重复。", "A project id occurs twice.")
    if budget < 0 or any(project.cost < 0 for project in projects):
        raise AllocationError("amount_negative", "金额不能为负。", "An amount is below zero.")
    unknown = {name for ballot in ballots for name in ballot} - ids
    if unknown:
        names = ", ".join(sorted(unknown)[:5])
        raise AllocationError(
            "project_unknown", f"选票中的项目不存在：{names}。", f"Ballots name unknown projects: {names}."
        )
