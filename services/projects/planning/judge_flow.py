"""Which judges score which proposals: exactly ``needed`` each, the largest load as small as can be, then the loads as
even as can be. Pure but for OR-Tools' min-cost flow; integers in, integers out.

A flow from proposals (supply ``needed``) through pairs without a conflict (capacity 1) to judges, whose n-th proposal
costs more than the one before: a convex cost, which a flow minimises exactly.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Pair = tuple[str, str]
TIES = 64


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """A judge: fields of expertise, and how many proposals at most."""

    id: str
    topics: frozenset[str] = frozenset()
    at_most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A proposal: its field, and the judges who may not score it, by conflict."""

    id: str
    topic: str = ""
    conflicts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Task:
    """``fixed``: pairs with a locked sheet, which stay. ``before``: the pairs there were; changing them costs most."""

    papers: tuple[Paper, ...]
    reviewers: tuple[Reviewer, ...]
    needed: int
    seed: int = 0
    fixed: frozenset[Pair] = frozenset()
    before: frozenset[Pair] = frozenset()

    def is_allowed(self, paper: Paper, reviewer: Reviewer) -> bool:
        return reviewer.id not in paper.conflicts


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """A proposal that cannot have its judges. ``reason``: ``conflicts`` (its own) or ``limits`` (those it shares its
    judges with take them up)."""

    paper: str
    needed: int
    available: int
    reason: str
    conflicts: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """``largest``: the largest load; ``deviation``: Σ |reviewers · load − total|, exact; ``changed``: pairs of before
    that are gone although they were allowed."""

    pairs: frozenset[Pair]
    largest: int
    deviation: int
    changed: int
    experts: int
    short: tuple[Shortage, ...] = ()


def assign(task: Task) -> Assignment:
    """The assignment, or who falls short. Goals in order: least changes, least largest load, least deviation, most
    expertise; what is then still equal the seed decides."""
    missing = _short(task)
    if missing:
        return Assignment(pairs=task.fixed, largest=0, deviation=0, changed=0, experts=0, short=missing)
    network = _Network(task)
    total = network.total
    base = network.solve(total)
    if base is None:
        return Assignment(pairs=task.fixed, largest=0, deviation=0, changed=0, experts=0, short=network.starved())
    kept = len(base & task.before)
    low, high = -(-total // max(1, len(task.reviewers))), total
    while low < high:  # the least bound on loads that costs no further change
        middle = (low + high) // 2
        found = network.solve(middle)
        if found is not None and len(found & task.before) == kept:
            high = middle
        else:
            low = middle + 1
    pairs = network.solve(high)
    if pairs is None:
        raise ArithmeticError("a bound that was feasible is not")
    return _described(task, pairs)


def _described(task: Task, pairs: frozenset[Pair]) -> Assignment:
    loads = Counter(judge for _, judge in pairs)
    people, total = len(task.reviewers), len(pairs)
    fields = {paper.id: paper.topic for paper in task.papers}
    skills = {reviewer.id: reviewer.topics for reviewer in task.reviewers}
    allowed = {(paper.id, item.id) for paper in task.papers for item in task.reviewers if task.is_allowed(paper, item)}
    return Assignment(
        pairs=pairs,
        largest=max(loads.values(), default=0),
        deviation=sum(abs(people * loads[item.id] - total) for item in task.reviewers),
        changed=len((task.before & allowed) - pairs),
        experts=sum(fields[paper] in skills[judge] for paper, judge in pairs),
    )


def _short(task: Task) -> tuple[Shortage, ...]:
    """Proposals that fall short on their own, whoever else is served."""
    found = []
    for paper in sorted(task.papers, key=lambda item: item.id):
        available = sum(task.is_allowed(paper, reviewer) and reviewer.at_most != 0 for reviewer in task.reviewers)
        if available < task.needed:
            found.append(_shortage(task, paper, available, "conflicts"))
    return tuple(found)


def _shortage(task: Task, paper: Paper, available: int, reason: str) -> Shortage:
    known = {reviewer.id for reviewer in task.reviewers}
    conflicts = {judge: why for judge, why in sorted(paper.conflicts.items()) if judge in known}
    return Shortage(paper=paper.id, needed=task.needed, available=available, reason=reason, conflicts=conflicts)


class _Network:
    """The flow problem, solved again for each bound on loads."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.papers = sorted(task.papers, key=lambda item: item.id)
        self.reviewers = sorted(task.reviewers, key=lambda item: item.id)
        self.given = Counter(judge for _, judge in task.fixed)
        held = Counter(paper for paper, _ in task.fixed)
        self.wanted = {paper.id: max(0, task.needed - held[paper.id]) for paper in self.papers}
        self.total = len(task.fixed) + sum(self.wanted.values())
        self.expert_weight = TIES * max(1, self.total)  # above every sum of ties; and so on, goal by goal
        self.load_weight = self.expert_weight * (self.total + 1)
        self.change_weight = self.load_weight * (2 * len(self.reviewers) * self.total + 1)

    def solve(self, bound: int) -> frozenset[Pair] | None:
        """The cheapest pairs under a bound on loads; nothing where the proposals cannot all be served."""
        flow, arcs = self._build(bound)
        supply = sum(self.wanted.values())
        if supply == 0:
            return self.task.fixed
        status = flow.solve()
        if status == flow.INFEASIBLE:
            return None
        if status != flow.OPTIMAL:  # e.g. costs beyond the flow's integers
            raise ArithmeticError(f"solver status {status}")
        return self.task.fixed | {pair for arc, pair in arcs.items() if flow.flow(arc) > 0}

    def _build(self, bound: int) -> tuple[Any, dict[int, Pair]]:
        # Loaded here: only the job process solves, and the library is large.
        from ortools.graph.python import min_cost_flow

        flow = min_cost_flow.SimpleMinCostFlow()
        left = {paper.id: number for number, paper in enumerate(self.papers)}
        right = {item.id: len(left) + number for number, item in enumerate(self.reviewers)}
        sink = len(left) + len(right)
        arcs: dict[int, Pair] = {}
        for paper in self.papers:
            for item in self.reviewers:
                if self.task.is_allowed(paper, item) and (paper.id, item.id) not in self.task.fixed:
                    cost = self._pair_cost(paper, item)
                    arc = flow.add_arc_with_capacity_and_unit_cost(left[paper.id], right[item.id], 1, cost)
                    arcs[arc] = (paper.id, item.id)
        for item in self.reviewers:
            for cost in self._load_costs(item, bound):
                flow.add_arc_with_capacity_and_unit_cost(right[item.id], sink, 1, cost)
        for paper in self.papers:
            flow.set_node_supply(left[paper.id], self.wanted[paper.id])
        flow.set_node_supply(sink, -sum(self.wanted.values()))
        return flow, arcs

    def _pair_cost(self, paper: Paper, item: Reviewer) -> int:
        digest = hashlib.sha256(f"{self.task.seed} {paper.id} {item.id}".encode()).digest()
        cost = int.from_bytes(digest[:2], "big") % TIES
        if paper.topic not in item.topics:
            cost += self.expert_weight
        if self.task.before and (paper.id, item.id) not in self.task.before:
            cost += self.change_weight
        return cost

    def _load_costs(self, item: Reviewer, bound: int) -> Iterable[int]:
        """What the next proposal of a judge adds to the deviation: convex, so the cheap ones are taken first."""
        people, total = len(self.reviewers), self.total
        most = min(bound, len(self.papers), item.at_most if item.at_most is not None else bound)
        for load in range(self.given[item.id], most):
            step = abs(people * (load + 1) - total) - abs(people * load - total)
            yield (step + people) * self.load_weight

    def starved(self) -> tuple[Shortage, ...]:
        """Who cannot be served because limits are used up: one by one, who can be served besides those before."""
        served: list[Paper] = []
        missing = []
        for paper in self.papers:
            trial = _Network(_only(self.task, [*served, paper]))
            if trial.solve(trial.total) is None:
                available = sum(self.task.is_allowed(paper, item) for item in self.reviewers)
                missing.append(_shortage(self.task, paper, available, "limits"))
            else:
                served.append(paper)
        return tuple(missing)


def _only(task: Task, papers: Sequence[Paper]) -> Task:
    kept = {paper.id for paper in papers}
    return Task(
        papers=tuple(papers),
        reviewers=task.reviewers,
        needed=task.needed,
        seed=task.seed,
        fixed=frozenset(pair for pair in task.fixed if pair[0] in kept),
        before=frozenset(pair for pair in task.before if pair[0] in kept),
    )
