"""Exact improvement of an allocation with lots, on one small part at a time, by HiGHS.

Parts grow around the needs that lose most against the prices of the divisible optimum, along edges that lose little.
What lies outside a part stays as it is, so the value never falls and every rule is kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.resources.matching.engine import certificate
from services.resources.matching.engine.mip import Lots
from services.resources.matching.engine.packed import Packing
from services.resources.matching.engine.problem import Flags, Integers, Problem, Solution

Clock = Callable[[], float]
PART_SECONDS = 2.0


@dataclass(frozen=True)
class Width:
    """``share`` of the edges, those that lose least, is looked at; ``most``: edges of a part; ``gap``: near enough.

    ``last``: around every need, also where the prices show no loss (a lot that cannot be may hold the price), and by
    HiGHS without its presolve, which now and then takes a worse answer for the best.
    """

    share: float
    most: int
    gap: float
    last: bool = False


# Measured at 10 000 offers and needs: parts of 300 edges gain most for their time, and the last thousandth takes half.
WIDTHS = (
    Width(0.2, 300, 1e-3),
    Width(0.3, 600, 3e-4),
    Width(0.5, 1_200, 1e-4),
    Width(1.0, 2_000, 0.0),
    Width(1.0, 300, 0.0, last=True),
)


def improve(
    problem: Problem,
    usable: Flags,
    found: Integers,
    bound: Solution,
    *,
    until: float,
    now: Clock,
    packing: Packing | None = None,
) -> Integers:
    """Narrow parts as long as they gain, then wider ones, until the bound is reached or time is up."""
    found = found.copy()
    slack = bound.offer_prices[problem.tail] + bound.need_prices[problem.head] - problem.utility
    value = certificate.value(problem.utility, found)
    for width in WIDTHS:
        edges = _near(usable, found, slack, width.share)
        graph = _Graph(problem, edges)
        gained = True
        while gained and value < bound.dual:
            for part in graph.parts(_losses(problem, found, bound, slack), width.most, every=width.last):
                if now() >= until:
                    return found
                seconds = min(PART_SECONDS, max(until - now(), 0.05))
                _solve_part(problem, found, part, width=width, seconds=seconds, packing=packing)
            before, value = value, certificate.value(problem.utility, found)
            gained = value > before
    return found


def _near(usable: Flags, found: Integers, slack: Integers, share: float) -> Integers:
    edges = np.flatnonzero(usable)
    if not len(edges):
        return edges
    limit = np.quantile(slack[edges], share)
    return np.flatnonzero((usable & (slack <= limit)) | (found > 0))


def _losses(problem: Problem, found: Integers, bound: Solution, slack: Integers) -> NDArray[np.float64]:
    """By need: the price of what it lacks, the slack of what it has, the price of what lies idle beside it."""
    taken, given = _taken(problem, found), _given(problem, found)
    loss: NDArray[np.float64] = bound.need_prices * (problem.demand - taken).astype(float)
    np.add.at(loss, problem.head, slack * found.astype(float))
    idle = bound.offer_prices * (problem.supply - given).astype(float)
    beside = np.zeros(len(problem.demand))
    np.maximum.at(beside, problem.head, np.where(slack <= 0, idle[problem.tail], 0))
    loss += beside
    return loss


def _taken(problem: Problem, found: Integers) -> Integers:
    total = np.zeros(len(problem.demand), dtype=np.int64)
    np.add.at(total, problem.head, found)
    return total


def _given(problem: Problem, found: Integers) -> Integers:
    total = np.zeros(len(problem.supply), dtype=np.int64)
    np.add.at(total, problem.tail, found)
    return total


class _Graph:
    """Neighbours along some edges, so that parts can grow around a need."""

    def __init__(self, problem: Problem, edges: Integers) -> None:
        self.tail, self.head = problem.tail.tolist(), problem.head.tolist()
        self.by_need: list[list[int]] = [[] for _ in range(len(problem.demand))]
        self.by_offer: list[list[int]] = [[] for _ in range(len(problem.supply))]
        for edge in edges.tolist():
            self.by_need[self.head[edge]].append(edge)
            self.by_offer[self.tail[edge]].append(edge)

    def parts(self, losses: NDArray[np.float64], most: int, *, every: bool) -> Iterator[Integers]:
        """Edges among the offers and needs around the needs that lose most, until every such need was in a part."""
        seen: set[int] = set()
        for need in np.argsort(-losses, kind="stable").tolist():
            if losses[need] <= 0 and not every:
                return
            if need not in seen and self.by_need[need]:
                edges, needs = self._around(need, most)
                seen |= needs
                yield edges

    def _around(self, need: int, most: int) -> tuple[Integers, set[int]]:
        """All edges of each need that is in the part: whether it gets all or nothing is decided within."""
        reached, offers, within = {need}, set[int](), set[int]()
        edges: list[int] = []
        waiting = deque([need])
        while waiting and len(edges) < most:
            here = waiting.popleft()
            within.add(here)
            edges += self.by_need[here]
            for edge in self.by_need[here]:
                if (offer := self.tail[edge]) not in offers:
                    offers.add(offer)
                    new = [self.head[other] for other in self.by_offer[offer] if self.head[other] not in reached]
                    reached.update(new)
                    waiting.extend(new)
        return np.array(sorted(edges), dtype=np.int64), within


def _solve_part(
    problem: Problem, found: Integers, edges: Integers, *, width: Width, seconds: float, packing: Packing | None
) -> None:
    """The best for these edges beside what all others carry; ``found`` is changed where that gains."""
    offers, tail = np.unique(problem.tail[edges], return_inverse=True)
    needs, head = np.unique(problem.head[edges], return_inverse=True)
    now = found[edges]
    plain: dict[str, Any] = {
        "tail": tail,
        "head": head,
        "utility": problem.utility[edges],
        "supply": problem.supply[offers] - _elsewhere(problem, found, offers, tail, now),
        "demand": problem.demand[needs],
        "lot": problem.lot[offers],
        "whole": problem.whole[needs],
    }
    part = packing.part(offers, needs, problem.supply[offers], **plain) if packing else Lots(**plain)
    best = part.solve(now, seconds=seconds, gap=width.gap, presolve=not width.last)
    if best is not None and certificate.value(part.utility, best) > certificate.value(part.utility, now):
        found[edges] = best


def _elsewhere(problem: Problem, found: Integers, offers: Integers, tail: Integers, now: Integers) -> Integers:
    """By offer of a part, what flows along edges outside of it. Edges are sorted by their tails."""
    starts = np.searchsorted(problem.tail, offers)
    ends = np.searchsorted(problem.tail, offers, side="right")
    total = np.array([found[start:end].sum() for start, end in zip(starts, ends, strict=True)], dtype=np.int64)
    np.subtract.at(total, tail, now)
    return total
