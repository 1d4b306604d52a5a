"""The best divisible allocation, with its proof: min-cost flow by OR-Tools, the dual from the flow by ourselves.

Offers and needs that no chain of edges connects are solved apart. OR-Tools does not hand out the dual, so prices are
shortest distances in the residual network, which has no negative cycle exactly when the flow is optimal (Ahuja,
Magnanti, Orlin, "Network Flows", ch. 9): p, q ≥ 0, p + q ≥ u on every edge, Σ p·supply + Σ q·demand = Σ u·x.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.resources.matching.engine import certificate
from services.resources.matching.engine.problem import Flags, Integers, NotOptimalError, Problem, Solution

FAR = np.int64(2**62)


def solve(problem: Problem, *, open_edges: Flags | None = None) -> Solution:
    """The optimum of the divisible problem; lots and all-or-nothing are not looked at.

    ``open_edges``: only these may carry flow, and only these are covered by the prices.
    """
    flow = np.zeros(len(problem.tail), dtype=np.int64)
    offer_prices = np.zeros(len(problem.supply), dtype=np.int64)
    need_prices = np.zeros(len(problem.demand), dtype=np.int64)
    for part in _parts(problem, np.flatnonzero(_usable(problem, open_edges))):
        carried = part.flow()
        flow[part.edges] = carried
        offer_prices[part.offers], need_prices[part.needs] = part.prices(carried)
    price_the_empty(problem, offer_prices, need_prices, open_edges)
    primal = certificate.value(problem.utility, flow)
    dual = certificate.bound(problem, offer_prices, need_prices)
    if primal != dual:
        raise NotOptimalError(f"primal {primal}, dual {dual}")
    return Solution(flow, offer_prices, need_prices, primal, dual)


def solve_again(problem: Problem, before: Integers, *, open_edges: Flags, touched: Flags) -> Integers:
    """The best flow along open edges, without prices; ``before`` was one, and only at ``touched`` offers (and what is
    connected to them) anything changed."""
    usable = _usable(problem, open_edges)
    flow = np.where(usable, before, 0)
    for part in _parts(problem, np.flatnonzero(usable)):
        if touched[part.offers].any():
            flow[part.edges] = part.flow()
    return flow


def _usable(problem: Problem, open_edges: Flags | None) -> Flags:
    usable: Flags = (problem.utility > 0) & (problem.supply[problem.tail] > 0) & (problem.demand[problem.head] > 0)
    return usable if open_edges is None else usable & open_edges


def price_the_empty(problem: Problem, offers: Integers, needs: Integers, open_edges: Flags | None = None) -> None:
    """What has no quantity costs nothing to price: as high as its edges ask for."""
    for quantity, prices, mine, others, theirs in (
        (problem.supply, offers, problem.tail, needs, problem.head),
        (problem.demand, needs, problem.head, offers, problem.tail),
    ):
        empty = quantity[mine] == 0
        if open_edges is not None:
            empty &= open_edges
        edges = np.flatnonzero(empty)
        np.maximum.at(prices, mine[edges], problem.utility[edges] - others[theirs[edges]])


@dataclass(frozen=True)
class _Part:
    """A connected component; ``tail`` and ``head`` count within it. Edges are sorted by (tail, head)."""

    edges: Integers
    offers: Integers
    needs: Integers
    tail: Integers
    head: Integers
    utility: Integers
    supply: Integers
    demand: Integers

    def flow(self) -> Integers:
        """Of each edge, in one best allocation; always the same."""
        # Loaded here: only the job process and the command line solve, and the library is large.
        from ortools.graph.python import min_cost_flow

        network = min_cost_flow.SimpleMinCostFlow()
        many, more, last = len(self.supply), len(self.demand), len(self.supply) + len(self.demand)
        offers, needs = np.arange(many), np.arange(many, last)
        room = np.minimum(self.supply[self.tail], self.demand[self.head])
        arcs = network.add_arcs_with_capacity_and_unit_cost(self.tail, many + self.head, room, -self.utility)
        for nodes, quantity in ((offers, self.supply), (needs, self.demand)):  # given away or met by nobody
            sink = np.full(len(nodes), last)
            network.add_arcs_with_capacity_and_unit_cost(nodes, sink, quantity, np.zeros(len(nodes), dtype=np.int64))
        nodes = np.arange(last + 1)
        network.set_nodes_supplies(
            nodes, np.concatenate([self.supply, np.zeros(more, dtype=np.int64), -self.supply.sum(keepdims=True)])
        )
        status = network.solve()
        if status != network.OPTIMAL:
            raise NotOptimalError(f"solver status {status}")
        return np.asarray(network.flows(arcs), dtype=np.int64)

    def prices(self, flow: Integers) -> tuple[Integers, Integers]:
        """Distances from the root of the residual network: an offer's is its price, a need's is minus its price."""
        given, taken = np.zeros_like(self.supply), np.zeros_like(self.demand)
        np.add.at(given, self.tail, flow)
        np.add.at(taken, self.head, flow)
        from_root_to_offer = np.where(given < self.supply, 0, FAR)
        from_root_to_need = np.where(taken > 0, 0, FAR)
        by_need = np.argsort(self.head, kind="stable")
        starts, heads = _groups(self.head[by_need])
        used = np.flatnonzero(flow)
        back, tails = _groups(self.tail[used])
        offers, needs = from_root_to_offer.copy(), from_root_to_need.copy()
        for _ in range(len(self.supply) + len(self.demand) + 2):
            reached = np.where(offers[self.tail] == FAR, FAR, offers[self.tail] - self.utility)
            nearest = from_root_to_need.copy()
            nearest[heads] = np.minimum(nearest[heads], np.minimum.reduceat(reached[by_need], starts))
            nearer = from_root_to_offer.copy()
            if len(used):
                through = nearest[self.head[used]] + self.utility[used]
                nearer[tails] = np.minimum(nearer[tails], np.minimum.reduceat(through, back))
            if np.array_equal(nearest, needs) and np.array_equal(nearer, offers):
                return np.maximum(offers, 0), np.maximum(-needs, 0)
            offers, needs = nearer, nearest
        raise NotOptimalError("the flow can still be improved")


def _groups(ordered: Integers) -> tuple[Integers, Integers]:
    """Where each run of equal values starts, and its value."""
    first = np.ones(len(ordered), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(first)
    return starts, ordered[starts]


def _parts(problem: Problem, usable: Integers) -> Iterator[_Part]:
    """The connected components of the usable edges, one after the other."""
    if not len(usable):
        return
    tail, head = problem.tail[usable], problem.head[usable]
    label = components(tail, head, offers=len(problem.supply), needs=len(problem.demand))[tail]
    order = np.argsort(label, kind="stable")
    starts, _ = _groups(label[order])
    for begin, end in zip(starts, [*starts[1:], len(order)], strict=True):
        mine = order[begin:end]
        offers, local_tail = np.unique(tail[mine], return_inverse=True)
        needs, local_head = np.unique(head[mine], return_inverse=True)
        edges = usable[mine]
        yield _Part(
            edges=edges,
            offers=offers,
            needs=needs,
            tail=local_tail,
            head=local_head,
            utility=problem.utility[edges],
            supply=problem.supply[offers],
            demand=problem.demand[needs],
        )


def components(tail: Integers, head: Integers, *, offers: int, needs: int) -> Integers:
    """For each offer the smallest offer that edges connect it to: labels spread, and jump along themselves."""
    label = np.arange(offers, dtype=np.int64)
    while True:
        at_need = np.full(needs, offers, dtype=np.int64)
        np.minimum.at(at_need, head, label[tail])
        next_label = label.copy()
        np.minimum.at(next_label, tail, at_need[head])
        while not np.array_equal(next_label, shorter := next_label[next_label]):
            next_label = shorter
        if np.array_equal(next_label, label):
            return label
        label = next_label
