"""Least lots and all-or-nothing needs: no longer a flow, so found by search and bounded by the divisible prices.

The divisible optimum is the bound, and its prices prove it to anybody. From it, whoever breaks a rule is decided round
by round: a flow below the least lot is forbidden or its edge kept for all of a lot, a need that would get a part is
given up or made dearer. What is left to gain is looked for by HiGHS, exactly, on one small part at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.resources.matching.engine import certificate, flow, parts
from services.resources.matching.engine.packed import Packing
from services.resources.matching.engine.problem import Flags, Integers, Problem, Solution

Clock = Callable[[], float]
ROUNDS = 40
BUDGET_SECONDS = 40.0
NEAREST = 64  # edges of a need that the search looks at; instances of 24 edges a need are searched whole
TRIES = 8  # times that a need of all or nothing is tried by hand while it cannot be met


def solve(problem: Problem, *, seconds: float = BUDGET_SECONDS, now: Clock = time.monotonic) -> Solution:
    """An allocation that keeps every rule, never below greedy; ``seconds`` bound what is spent on improving it."""
    bound = flow.solve(problem)
    until = now() + seconds
    usable = possible(problem)
    first = [greedy(problem, usable, together=each) for each in (True, False)]
    edges = _promising(problem, usable, bound, first)
    small, few = problem.only(edges), usable[edges]
    found = max(
        (_by_rounds(small, few), *(each[edges] for each in first)),
        key=lambda each: certificate.value(small.utility, each),
    )
    near = Solution(bound.flow[edges], bound.offer_prices, bound.need_prices, bound.primal, bound.dual)
    best = np.zeros(len(problem.tail), dtype=np.int64)
    best[edges] = parts.improve(small, few, found, near, until=until, now=now)
    primal = certificate.value(problem.utility, best)
    made = Solution(best, bound.offer_prices, bound.need_prices, primal, bound.dual)
    return certificate.check(problem, made)


def improve_packed(
    problem: Problem, packing: Packing, start: Solution, *, seconds: float, now: Clock = time.monotonic
) -> Integers:
    """A flow that keeps every rule, of ``packing`` too, and is worth no less than that of ``start``, which keeps them.
    The prices of ``start`` are the bound's."""
    usable = possible(problem)
    edges = _promising(problem, usable, start, [])
    found = start.flow.copy()
    found[edges] = parts.improve(
        problem.only(edges), usable[edges], found[edges], start, until=now() + seconds, now=now, packing=packing
    )
    return found


def _promising(problem: Problem, usable: Flags, bound: Solution, found: list[Integers]) -> Integers:
    """Where to search: of each need the ``NEAREST`` edges that lose least by the prices, and whatever carries flow.

    The bound is proved over all edges, so what is left out here can only be part of the certified gap.
    """
    edges = np.flatnonzero(usable)
    slack = bound.offer_prices[problem.tail[edges]] + bound.need_prices[problem.head[edges]] - problem.utility[edges]
    order = np.lexsort((slack, problem.head[edges]))
    heads = problem.head[edges[order]]
    starts = np.searchsorted(heads, np.arange(len(problem.demand)))
    kept = np.zeros(len(problem.tail), dtype=np.bool_)
    kept[edges[order[np.arange(len(heads)) - starts[heads] < NEAREST]]] = True
    for each in (bound.flow, *found):
        kept |= each > 0
    return np.flatnonzero(kept)


def possible(problem: Problem) -> Flags:
    """Edges that could carry a least lot at all, to a need that could be met whole if it must."""
    room = np.minimum(problem.supply[problem.tail], problem.demand[problem.head])
    useful = (problem.utility > 0) | problem.whole[
        problem.head
    ]  # an edge worth nothing may complete what must be whole
    usable = useful & (room > 0) & (room >= problem.lot[problem.tail])
    while True:  # without an edge another need may no longer be met whole
        reach = np.zeros(len(problem.demand), dtype=np.int64)
        np.add.at(reach, problem.head[usable], room[usable])
        smaller = usable & ~(problem.whole & (reach < problem.demand))[problem.head]
        if smaller.sum() == usable.sum():
            return smaller
        usable = smaller


def greedy(problem: Problem, usable: Flags, *, together: bool) -> Integers:
    """The dearest edge first, as much as fits. A need that wants all gets it from its best edges ``together``, or waits
    for one offer that has it."""
    found = np.zeros(len(problem.tail), dtype=np.int64)
    state = _State(problem, found)
    edges = np.flatnonzero(usable)
    state.fill(edges[np.lexsort((edges, -problem.utility[edges]))], together=together)
    return found


class _State:
    """What is still free while an allocation is filled by hand. Lists: it goes edge by edge through millions."""

    def __init__(self, problem: Problem, found: Integers) -> None:
        self.problem = problem
        self.found = found
        free, missing = problem.supply.copy(), problem.demand.copy()
        np.subtract.at(free, problem.tail, found)
        np.subtract.at(missing, problem.head, found)
        self.free, self.missing = free.tolist(), missing.tolist()
        self.lot, self.whole, self.demand = problem.lot.tolist(), problem.whole.tolist(), problem.demand.tolist()
        self.worth = problem.utility.tolist()
        self.tries = [TRIES] * len(self.demand)

    def fill(self, edges: Integers, *, together: bool = True) -> None:
        """In this order; only what keeps every rule and does no harm. What is worth less than nothing may complete a
        need of all or nothing that is worth more."""
        problem, free, missing, lot, whole = self.problem, self.free, self.missing, self.lot, self.whole
        plans = _ByNeed(problem, edges) if together and problem.whole.any() else None
        rows = zip(edges.tolist(), problem.tail[edges].tolist(), problem.head[edges].tolist(), strict=True)
        for edge, offer, need in rows:
            if not missing[need] or not free[offer]:
                continue
            if plans and whole[need]:
                if missing[need] == self.demand[need] and self.tries[need]:
                    self._fill_whole(need, plans.of(need))
                continue
            count = min(free[offer], missing[need])
            if whole[need] and count < missing[need]:
                continue
            if self.worth[edge] >= 0 and self.found[edge] + count >= lot[offer]:
                self._put(edge, offer, need, count)

    def _put(self, edge: int, offer: int, need: int, count: int) -> None:
        self.found[edge] += count
        self.free[offer] -= count
        self.missing[need] -= count

    def _fill_whole(self, need: int, rows: list[tuple[int, int]]) -> None:
        plan, left = [], self.missing[need]
        for edge, offer in rows:
            count = min(self.free[offer], left)
            if count >= self.lot[offer]:
                plan.append((edge, offer, count))
                left -= count
                if not left:
                    break
        self.tries[need] -= 1
        if left == 0 and sum(self.worth[edge] * count for edge, _, count in plan) >= 0:
            for edge, offer, count in plan:
                self._put(edge, offer, need, count)


class _ByNeed:
    """Edges and offers of a need, the dearest first."""

    def __init__(self, problem: Problem, edges: Integers) -> None:
        order = edges[np.lexsort((edges, -problem.utility[edges], problem.head[edges]))]
        self._order, self._tail = order, problem.tail
        self._starts = np.searchsorted(problem.head[order], np.arange(len(problem.demand) + 1)).tolist()

    def of(self, need: int) -> list[tuple[int, int]]:
        mine = self._order[self._starts[need] : self._starts[need + 1]]
        return list(zip(mine.tolist(), self._tail[mine].tolist(), strict=True))


@dataclass
class _Rules:
    """Edges still open, and a surcharge that draws a need that wants all to the full."""

    open: Flags
    extra: Integers

    def copy(self) -> _Rules:
        return _Rules(self.open.copy(), self.extra.copy())


def _by_rounds(problem: Problem, usable: Flags) -> Integers:
    """Solve, decide about whoever breaks a rule, solve again; what still breaks one at the end is taken out."""
    rules = _Rules(usable.copy(), np.zeros(len(problem.tail), dtype=np.int64))
    found = np.zeros(len(problem.tail), dtype=np.int64)
    touched = np.ones(len(problem.supply), dtype=np.bool_)
    for number in range(ROUNDS):
        dearer = problem.with_utility(problem.utility + rules.extra)
        found = flow.solve_again(dearer, found, open_edges=rules.open, touched=touched)
        small, part = _broken(problem, found)
        if not small.any() and not part.any():
            break
        before = rules.copy()
        _decide(problem, found, rules, small, part, last=number > ROUNDS // 2)
        touched = np.zeros(len(problem.supply), dtype=np.bool_)
        touched[problem.tail[(before.open != rules.open) | (before.extra != rules.extra)]] = True
    return _mend(problem, usable, found)


def _broken(problem: Problem, found: Integers) -> tuple[Flags, Flags]:
    """Edges below their least lot; needs that want all and get a part."""
    taken = np.zeros(len(problem.demand), dtype=np.int64)
    np.add.at(taken, problem.head, found)
    small = (found > 0) & (found < problem.lot[problem.tail])
    part = problem.whole & (taken > 0) & (taken < problem.demand)
    return small, part


def _decide(problem: Problem, found: Integers, rules: _Rules, small: Flags, part: Flags, *, last: bool) -> None:
    edges = np.flatnonzero(small)
    share = found[edges] / problem.lot[problem.tail[edges]]
    # the least filled go first: one edge of an offer at a time, so that its others may yet become a lot
    worst = edges[np.lexsort((edges, share, problem.tail[edges]))]
    first = np.ones(len(worst), dtype=np.bool_)
    first[1:] = problem.tail[worst[1:]] != problem.tail[worst[:-1]]
    rules.open[worst if last else worst[first]] = False
    needs = np.flatnonzero(part)
    taken = np.zeros(len(problem.demand), dtype=np.int64)
    np.add.at(taken, problem.head, found)
    given_up = needs[(2 * taken[needs] < problem.demand[needs]) | last]
    rules.open[np.isin(problem.head, given_up)] = False
    kept = np.isin(problem.head, np.setdiff1d(needs, given_up))
    rules.extra[kept] += np.maximum(problem.utility[kept] // 8, 1)


def _mend(problem: Problem, usable: Flags, found: Integers) -> Integers:
    """Take out what breaks a rule, then fill what is free again, dearest first."""
    found = found.copy()
    while True:
        small, part = _broken(problem, found)
        found[small | part[problem.head]] = 0
        if not small.any() and not part.any():
            break
    state = _State(problem, found)
    edges = np.flatnonzero(usable)
    state.fill(edges[np.lexsort((edges, -problem.utility[edges]))])
    return found
