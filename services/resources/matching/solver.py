"""The optimum of a matching round, with its proof. Pure: integers in, integers out.

A transportation problem, maximise Σ u·x under supplies and demands, solved as min-cost flow by OR-Tools. OR-Tools does
not hand out the dual, so prices are recomputed from the flow: shortest paths in the residual network, which has no
negative cycle exactly when the flow is optimal (Ahuja, Magnanti, Orlin, "Network Flows", ch. 9). The prices p, q ≥ 0
satisfy p + q ≥ u on every edge, and Σ p·supply + Σ q·demand = Σ u·x; whoever checks these two needs no trust in us.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Edge:
    """One unit of ``offer`` is worth ``utility`` (≥ 0) to ``need``."""

    offer: str
    need: str
    utility: int


@dataclass(frozen=True, kw_only=True)
class Solution:
    """``flows``: quantity by (offer, need), positive ones only. Prices per unit, by id; absent means 0."""

    flows: dict[tuple[str, str], int]
    offer_prices: dict[str, int]
    need_prices: dict[str, int]
    primal: int
    dual: int


class NotOptimalError(ArithmeticError):
    """The solver's answer is not a proved optimum."""


def solve(offers: Mapping[str, int], needs: Mapping[str, int], edges: Iterable[Edge]) -> Solution:
    """The best allocation; same input, same result. Raises :class:`NotOptimalError` when it cannot be proved."""
    kept = sorted(
        (edge for edge in edges if offers.get(edge.offer, 0) > 0 and needs.get(edge.need, 0) > 0),
        key=lambda edge: (edge.offer, edge.need),
    )
    flows = _flow(offers, needs, kept)
    offer_prices, need_prices = _prices(offers, needs, kept, flows)
    primal = sum(edge.utility * flows.get((edge.offer, edge.need), 0) for edge in kept)
    dual = sum(offers[i] * p for i, p in offer_prices.items()) + sum(needs[j] * q for j, q in need_prices.items())
    if primal != dual or not is_feasible_dual(kept, offer_prices, need_prices):
        raise NotOptimalError(f"primal {primal}, dual {dual}")
    return Solution(flows=flows, offer_prices=offer_prices, need_prices=need_prices, primal=primal, dual=dual)


def is_feasible_dual(edges: Iterable[Edge], offers: Mapping[str, int], needs: Mapping[str, int]) -> bool:
    """No edge is worth more than its two prices together, and no price is negative."""
    covered = all(offers.get(edge.offer, 0) + needs.get(edge.need, 0) >= edge.utility for edge in edges)
    return covered and all(price >= 0 for price in (*offers.values(), *needs.values()))


def _flow(offers: Mapping[str, int], needs: Mapping[str, int], edges: Sequence[Edge]) -> dict[tuple[str, str], int]:
    if not edges:
        return {}
    # Loaded here: only the job process solves, and the library is large.
    from ortools.graph.python import min_cost_flow

    left = {name: number for number, name in enumerate(sorted({edge.offer for edge in edges}), start=2)}
    right = {name: number for number, name in enumerate(sorted({edge.need for edge in edges}), start=2 + len(left))}
    network = min_cost_flow.SimpleMinCostFlow()
    source, sink, total = 0, 1, sum(offers[name] for name in left)
    for name, number in left.items():
        network.add_arc_with_capacity_and_unit_cost(source, number, offers[name], 0)
    arcs = {}
    for edge in edges:
        room = min(offers[edge.offer], needs[edge.need])
        arc = network.add_arc_with_capacity_and_unit_cost(left[edge.offer], right[edge.need], room, -edge.utility)
        arcs[arc] = (edge.offer, edge.need)
    for name, number in right.items():
        network.add_arc_with_capacity_and_unit_cost(number, sink, needs[name], 0)
    network.add_arc_with_capacity_and_unit_cost(source, sink, total, 0)
    network.set_node_supply(source, total)
    network.set_node_supply(sink, -total)
    status = network.solve()
    if status != network.OPTIMAL:
        raise NotOptimalError(f"solver status {status}")
    found = {pair: int(network.flow(arc)) for arc, pair in arcs.items()}
    return {pair: count for pair, count in found.items() if count > 0}


_ROOT = ("", "")
_Node = tuple[str, str]


def _prices(
    offers: Mapping[str, int],
    needs: Mapping[str, int],
    edges: Sequence[Edge],
    flows: Mapping[tuple[str, str], int],
) -> tuple[dict[str, int], dict[str, int]]:
    """Potentials of the residual network from its root: an offer's is its price, a need's is minus its price."""
    residual: dict[_Node, list[tuple[_Node, int]]] = {}
    for tail, head, cost in _residual(offers, needs, edges, flows):
        residual.setdefault(tail, []).append((head, cost))
    distance = _shortest(residual)
    offer_prices = {name: cost for (side, name), cost in distance.items() if side == "offer" and cost > 0}
    need_prices = {name: -cost for (side, name), cost in distance.items() if side == "need" and cost < 0}
    return offer_prices, need_prices


def _residual(
    offers: Mapping[str, int],
    needs: Mapping[str, int],
    edges: Sequence[Edge],
    flows: Mapping[tuple[str, str], int],
) -> Iterator[tuple[_Node, _Node, int]]:
    """Arcs along which the flow could still change; source and sink are one root."""
    given: dict[str, int] = {}
    taken: dict[str, int] = {}
    for edge in edges:
        count = flows.get((edge.offer, edge.need), 0)
        given[edge.offer] = given.get(edge.offer, 0) + count
        taken[edge.need] = taken.get(edge.need, 0) + count
        yield ("offer", edge.offer), ("need", edge.need), -edge.utility
        if count:
            yield ("need", edge.need), ("offer", edge.offer), edge.utility
    for name, count in given.items():
        if count < offers[name]:
            yield _ROOT, ("offer", name), 0
        if count:
            yield ("offer", name), _ROOT, 0
    for name, count in taken.items():
        if count < needs[name]:
            yield ("need", name), _ROOT, 0
        if count:
            yield _ROOT, ("need", name), 0


def _shortest(residual: Mapping[_Node, Sequence[tuple[_Node, int]]]) -> dict[_Node, int]:
    """Bellman–Ford with a queue; a node that waits more often than there are nodes lies on a negative cycle."""
    distance = {_ROOT: 0}
    waiting, queued = deque([_ROOT]), {_ROOT}
    turns: dict[_Node, int] = {}
    while waiting:
        node = waiting.popleft()
        queued.discard(node)
        for head, cost in residual.get(node, ()):
            length = distance[node] + cost
            if length < distance.get(head, length + 1):
                distance[head] = length
                if head not in queued:
                    waiting.append(head)
                    queued.add(head)
                    turns[head] = turns.get(head, 0) + 1
                    if turns[head] > len(residual) + 1:
                        raise NotOptimalError("the flow can still be improved")
    return distance
