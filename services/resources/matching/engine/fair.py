"""Street fairness: every street's needs are covered to a stated share of what the worst-off street could be given.

Coverage of a street: what its needs get, over what they want. ``t*`` is the largest t such that every street can be
covered to t at once (a maximum flow). A fair round asks of each street at least θ·t*. As each need belongs to one
street, that is still a min-cost flow, with a least amount at every street; the dual of that amount is the street's
subsidy λ: the fair allocation is the plain optimum once every utility in the street carries λ, and the prices of that
instance prove it (complementary slackness: λ > 0 only where the least amount is just met).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from services.resources.matching.engine import certificate
from services.resources.matching.engine.flow import FAR, price_the_empty
from services.resources.matching.engine.problem import Integers, NotOptimalError, Problem, Solution

FINENESS = 10**6  # t* is found to a millionth


@dataclass(frozen=True)
class Streets:
    """Streets that want something and can be reached by some edge. ``of_need``: position, or -1."""

    names: list[str]
    of_need: Integers
    demand: Integers

    @classmethod
    def of(cls, problem: Problem) -> Streets:
        """Streets that nothing can reach are left out: they would make every target zero."""
        usable = (problem.supply[problem.tail] > 0) & (problem.demand[problem.head] > 0)
        reached = {problem.streets[need] for need in np.unique(problem.head[usable]).tolist()} - {None}
        names = sorted(name for name in reached if name is not None)
        at = {name: number for number, name in enumerate(names)}
        of_need = np.array([at.get(name, -1) if name is not None else -1 for name in problem.streets], dtype=np.int64)
        demand = np.zeros(len(names), dtype=np.int64)
        np.add.at(demand, of_need[of_need >= 0], problem.demand[of_need >= 0])
        return cls(names, of_need, demand)

    def served(self, problem: Problem, flow: Integers) -> Integers:
        """What each street's needs get."""
        street = self.of_need[problem.head]
        got = np.zeros(len(self.names), dtype=np.int64)
        np.add.at(got, street[street >= 0], flow[street >= 0])
        return got

    def coverage(self, problem: Problem, flow: Integers) -> dict[str, Fraction]:
        """By street."""
        got = self.served(problem, flow)
        return {name: Fraction(int(g), int(d)) for name, g, d in zip(self.names, got, self.demand, strict=True)}


def max_min_coverage(problem: Problem, streets: Streets) -> Fraction:
    """``t*``, to a millionth from below: the largest share that all streets can have at once.

    Newton's way: where the streets cannot all have ``t``, a minimum cut names some that together cannot have more than
    a smaller share, which is the next ``t``; so few maximum flows are needed, and one cut proves the last.
    """
    share = FINENESS if streets.names else 0
    while share:
        nearer = _most(problem, streets, share)
        if nearer == share:
            break
        share = nearer
    return Fraction(share, FINENESS)


def _most(problem: Problem, streets: Streets, millionths: int) -> int:
    """The same share where all streets can have it at once, else a smaller one that none of the cut can exceed."""
    from ortools.graph.python import max_flow

    wanted = streets.demand * millionths
    supply, demand = problem.supply * FINENESS, problem.demand * FINENESS
    nodes = _Nodes(problem, streets)
    mine = np.flatnonzero(streets.of_need[problem.head] >= 0)
    heads = np.flatnonzero(streets.of_need >= 0)
    network = max_flow.SimpleMaxFlow()
    room = np.minimum(supply[problem.tail[mine]], demand[problem.head[mine]])
    network.add_arcs_with_capacity(problem.tail[mine], nodes.needs[problem.head[mine]], room)
    network.add_arcs_with_capacity(np.full(len(nodes.offers), nodes.root), nodes.offers, supply)
    network.add_arcs_with_capacity(nodes.needs[heads], nodes.streets[streets.of_need[heads]], demand[heads])
    network.add_arcs_with_capacity(nodes.streets, np.full(len(wanted), nodes.sink), wanted)
    if network.solve(nodes.root, nodes.sink) != network.OPTIMAL:
        raise NotOptimalError("no maximum flow")
    reached = int(network.optimal_flow())
    if reached == int(wanted.sum()):
        return millionths
    fed = np.isin(nodes.streets, network.get_source_side_min_cut())
    starved = int(streets.demand[~fed].sum())
    return (reached - int(wanted[fed].sum())) // starved


class _Nodes:
    """Numbers of a network's nodes."""

    def __init__(self, problem: Problem, streets: Streets) -> None:
        many, more = len(problem.supply), len(problem.demand)
        self.offers = np.arange(many)
        self.needs = many + np.arange(more)
        self.streets = many + more + np.arange(len(streets.names))
        self.sink = many + more + len(streets.names)
        self.root = self.sink + 1


def solve(problem: Problem, theta: Fraction) -> tuple[Solution, dict[str, Any]]:
    """The best divisible allocation that gives every street at least θ·t*; ``about``: target and coverage by street.

    Primal and dual count the utilities with their subsidies.
    """
    problem = problem.divisible()
    streets = Streets.of(problem)
    best = max_min_coverage(problem, streets)
    target = theta * best
    flow, least = _fair_flow(problem, streets, target)
    offer_prices, need_prices, subsidy = _Residual(problem, streets, least, flow).prices()
    subsidised = subsidise(problem, streets, subsidy)
    price_the_empty(subsidised, offer_prices, need_prices)
    primal = certificate.value(subsidised.utility, flow)
    dual = certificate.bound(subsidised, offer_prices, need_prices)
    names = {name: int(amount) for name, amount in zip(streets.names, subsidy, strict=True)}
    found = certificate.check(subsidised, Solution(flow, offer_prices, need_prices, primal, dual, names))
    if found.primal != found.dual:
        raise NotOptimalError(f"primal {primal}, dual {dual}")
    promised = dict(zip(streets.names, least.tolist(), strict=True))
    return found, {"max_min": best, "target": target, "promised": promised}


def _fair_flow(problem: Problem, streets: Streets, target: Fraction) -> tuple[Integers, Integers]:
    """Whole numbers: the target rounded up where all streets can have that at once, else down."""
    shares = [target * demand for demand in streets.demand.tolist()]
    try:
        least = np.array([ceil(share) for share in shares], dtype=np.int64)
        return _flow(problem, streets, least), least
    except NotOptimalError:
        least = np.array([floor(share) for share in shares], dtype=np.int64)
        return _flow(problem, streets, least), least


def subsidise(problem: Problem, streets: Streets, subsidy: Integers) -> Problem:
    """The instance whose utilities carry the streets' subsidies."""
    street = streets.of_need[problem.head]
    extra = np.where(street >= 0, np.append(subsidy, 0)[street], 0)
    return problem.with_utility(problem.utility + extra)


def subsidised(problem: Problem, subsidies: Mapping[str, int]) -> Problem:
    """The same from published subsidies by street."""
    extra = np.array([subsidies.get(name or "", 0) for name in problem.streets], dtype=np.int64)
    return problem.with_utility(problem.utility + extra[problem.head])


def _flow(problem: Problem, streets: Streets, least: Integers) -> Integers:
    """Min-cost flow with a least amount at every street."""
    from ortools.graph.python import min_cost_flow

    nodes = _Nodes(problem, streets)
    edges = np.flatnonzero((problem.supply[problem.tail] > 0) & (problem.demand[problem.head] > 0))
    tail, head = problem.tail[edges], problem.head[edges]
    network = min_cost_flow.SimpleMinCostFlow()
    room = np.minimum(problem.supply[tail], problem.demand[head])
    arcs = network.add_arcs_with_capacity_and_unit_cost(tail, nodes.needs[head], room, -problem.utility[edges])
    end = np.where(streets.of_need >= 0, np.append(nodes.streets, nodes.sink)[streets.of_need], nodes.sink)
    total = int(problem.supply.sum())
    for tails, heads, capacity in (
        (nodes.offers, np.full(len(nodes.offers), nodes.sink), problem.supply),
        (nodes.needs, end, problem.demand),
        (nodes.streets, np.full(len(nodes.streets), nodes.sink), np.full(len(nodes.streets), total)),
    ):
        network.add_arcs_with_capacity_and_unit_cost(tails, heads, capacity, np.zeros(len(tails), dtype=np.int64))
    supplies = np.zeros(nodes.sink + 1, dtype=np.int64)
    supplies[nodes.offers], supplies[nodes.streets] = problem.supply, -least
    supplies[nodes.sink] = int(least.sum()) - total
    network.set_nodes_supplies(np.arange(nodes.sink + 1), supplies)
    status = network.solve()
    if status != network.OPTIMAL:
        raise NotOptimalError(f"solver status {status}")
    flow = np.zeros(len(problem.tail), dtype=np.int64)
    flow[edges] = network.flows(arcs)
    return flow


class _Residual:
    """Distances from the root of the residual network: p(offer) = d, λ(street) = d, q(need) = λ(street) − d."""

    def __init__(self, problem: Problem, streets: Streets, least: Integers, flow: Integers) -> None:
        self.problem = problem
        self.street = streets.of_need
        self.given = np.zeros_like(problem.supply)
        self.taken = np.zeros_like(problem.demand)
        np.add.at(self.given, problem.tail, flow)
        np.add.at(self.taken, problem.head, flow)
        self.used = np.flatnonzero(flow)
        slack = (streets.served(problem, flow) > least) | (least == 0)  # where nothing is asked, nothing is paid
        self.offer_root = np.where(self.given < problem.supply, 0, FAR)
        self.far_street = 4 * (len(problem.tail) + 2) * (int(np.abs(problem.utility).max(initial=0)) + 1)
        self.street_root = np.where(slack, 0, self.far_street)
        self.lone = self.street < 0
        self.need_root = np.where(self.lone & (self.taken > 0), 0, FAR)

    def prices(self) -> tuple[Integers, Integers, Integers]:
        """Of offers and needs, and the subsidy of each street."""
        offers, streets = self.offer_root.copy(), self.street_root.copy()
        needs = np.full(len(self.problem.demand), FAR)
        for _ in range(len(offers) + len(needs) + len(streets) + 2):
            nearer = self._step(offers, streets, needs)
            if all(np.array_equal(new, old) for new, old in zip(nearer, (offers, streets, needs), strict=True)):
                return self._as_prices(offers, streets, needs)
            offers, streets, needs = nearer
        raise NotOptimalError("the flow can still be improved")

    def _step(self, offers: Integers, streets: Integers, needs: Integers) -> tuple[Integers, Integers, Integers]:
        problem = self.problem
        tail, head, utility = problem.tail, problem.head, problem.utility
        nearest = self.need_root.copy()
        np.minimum.at(nearest, head, np.where(offers[tail] == FAR, FAR, offers[tail] - utility))
        inside = ~self.lone & (self.taken > 0)
        nearest[inside] = np.minimum(nearest[inside], streets[self.street[inside]])
        nearer = self.offer_root.copy()
        through = nearest[head[self.used]]
        np.minimum.at(nearer, tail[self.used], np.where(through == FAR, FAR, through + utility[self.used]))
        lower = self.street_root.copy()
        unmet = ~self.lone & (self.taken < problem.demand)
        np.minimum.at(lower, self.street[unmet], nearest[unmet])
        return nearer, lower, nearest

    def _as_prices(self, offers: Integers, streets: Integers, needs: Integers) -> tuple[Integers, Integers, Integers]:
        self._come_down(offers, streets, needs)
        subsidy = np.maximum(streets, 0)
        level = np.where(self.lone, 0, np.append(subsidy, 0)[self.street])
        offer_prices = np.where(offers == FAR, 0, np.maximum(offers, 0))
        need_prices = np.where(needs == FAR, 0, np.maximum(level - needs, 0))
        return offer_prices, need_prices, subsidy

    def _come_down(self, offers: Integers, streets: Integers, needs: Integers) -> None:
        """Where everything is used and met the root leads to nothing, and only differences are given: as low as the
        edges that lead out of there allow."""
        problem, half = self.problem, self.far_street // 2
        high = [(array > half) & (array < FAR) for array in (offers, streets, needs)]
        if not any(mask.any() for mask in high):
            return
        out = high[0][problem.tail] & ~high[2][problem.head] & (needs[problem.head] < FAR)
        slack = offers[problem.tail[out]] - problem.utility[out] - needs[problem.head[out]]
        inside = np.flatnonzero(~self.lone & high[2] & (self.taken < problem.demand))
        below = inside[~high[1][self.street[inside]]]
        fed = np.flatnonzero(~self.lone & ~high[2] & (self.taken > 0))
        above = fed[high[1][self.street[fed]]]
        room = [*offers[high[0]], *streets[high[1]], *slack]
        room += needs[self.lone & high[2] & (self.taken < problem.demand)].tolist()
        room += [*(needs[below] - streets[self.street[below]]), *(streets[self.street[above]] - needs[above])]
        lower = min(int(each) for each in room)
        for array, mask in zip((offers, streets, needs), high, strict=True):
            array[mask] -= lower
