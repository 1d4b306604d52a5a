"""The solver: never over-allocates, is optimal (brute force), and proves it by prices anybody can check."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.resources.matching import solver
from services.resources.matching.edges import Edge
from services.resources.matching.engine import flow
from services.resources.matching.solver import NotOptimalError, Solution, solve

Instance = tuple[dict[str, int], dict[str, int], list[Edge]]


def _instances(*, most: int, side: int) -> st.SearchStrategy[Instance]:
    quantities = st.lists(st.integers(0, most), min_size=1, max_size=side)

    def build(supplies: list[int], demands: list[int], utilities: list[int | None]) -> Instance:
        offers = {f"o{number}": count for number, count in enumerate(supplies)}
        needs = {f"n{number}": count for number, count in enumerate(demands)}
        pairs = zip(product(offers, needs), utilities, strict=False)
        return offers, needs, [Edge(*pair, utility) for pair, utility in pairs if utility is not None]

    worth = st.lists(st.none() | st.integers(0, 50), min_size=side * side, max_size=side * side)
    return st.builds(build, quantities, quantities, worth)


def _check(offers: dict[str, int], needs: dict[str, int], edges: list[Edge], found: Solution) -> None:
    """Feasible in whole numbers, and certified without trusting the solver."""
    worth = {(edge.offer, edge.need): edge.utility for edge in edges}
    given_, taken = Counter[str](), Counter[str]()
    for (offer, need), count in found.flows.items():
        assert count > 0
        assert (offer, need) in worth
        given_[offer] += count
        taken[need] += count
    assert all(given_[offer] <= offers[offer] for offer in given_)
    assert all(taken[need] <= needs[need] for need in taken)
    p, q = found.offer_prices, found.need_prices
    assert all(price >= 0 for price in (*p.values(), *q.values()))
    for edge in edges:
        if offers[edge.offer] and needs[edge.need]:
            assert p.get(edge.offer, 0) + q.get(edge.need, 0) >= edge.utility
    for pair in found.flows:
        assert p.get(pair[0], 0) + q.get(pair[1], 0) == worth[pair]
    primal = sum(worth[pair] * count for pair, count in found.flows.items())
    dual = sum(offers[name] * price for name, price in p.items()) + sum(needs[n] * price for n, price in q.items())
    assert primal == dual == found.primal == found.dual


def _brute(offers: dict[str, int], needs: dict[str, int], edges: list[Edge]) -> int:
    """The best value by trying every whole-number allocation."""
    if not edges:
        return 0
    edge, rest = edges[0], edges[1:]
    best = 0
    for count in range(min(offers[edge.offer], needs[edge.need]) + 1):
        left = {**offers, edge.offer: offers[edge.offer] - count}
        lacking = {**needs, edge.need: needs[edge.need] - count}
        best = max(best, edge.utility * count + _brute(left, lacking, rest))
    return best


@settings(max_examples=100, deadline=None)
@given(_instances(most=40, side=5))
def test_it_never_over_allocates_and_its_prices_prove_the_optimum(instance: Instance) -> None:
    _check(*instance, solve(*instance))


@settings(max_examples=60, deadline=None)
@given(_instances(most=2, side=2))
def test_it_is_as_good_as_trying_everything(instance: Instance) -> None:
    assert solve(*instance).primal == _brute(*instance)


@settings(max_examples=40, deadline=None)
@given(_instances(most=20, side=4), st.randoms(use_true_random=False), st.integers(2, 9))
def test_order_does_not_matter_and_scaling_scales(instance: Instance, randomness: object, factor: int) -> None:
    offers, needs, edges = instance
    shuffled = list(edges)
    randomness.shuffle(shuffled)  # type: ignore[attr-defined]
    base = solve(offers, needs, edges)
    assert solve(offers, needs, shuffled) == base
    scaled = [Edge(edge.offer, edge.need, edge.utility * factor) for edge in edges]
    assert solve(offers, needs, scaled).primal == base.primal * factor


@settings(max_examples=40, deadline=None)
@given(_instances(most=20, side=4), st.integers(1, 10))
def test_more_to_give_is_never_worse(instance: Instance, more: int) -> None:
    offers, needs, edges = instance
    first = next(iter(offers))
    assert solve({**offers, first: offers[first] + more}, needs, edges).primal >= solve(offers, needs, edges).primal


def test_nothing_to_match_is_an_empty_optimum() -> None:
    empty = Solution(flows={}, offer_prices={}, need_prices={}, primal=0, dual=0)
    assert solve({}, {}, []) == solve({"o": 3}, {"n": 0}, [Edge("o", "n", 5)]) == empty


def test_large_sums_of_fen_stay_exact() -> None:
    offers, needs = {"a": 10**11, "b": 10**11}, {"x": 10**11, "y": 10**11}
    edges = [Edge("a", "x", 1530), Edge("a", "y", 1529), Edge("b", "x", 1000), Edge("b", "y", 50)]
    found = solve(offers, needs, edges)
    assert found.primal == 10**11 * (1529 + 1000)


def test_a_solution_that_does_not_hold_is_refused() -> None:
    offers, needs, edges = {"a": 2, "b": 1}, {"x": 2}, [Edge("a", "x", 7), Edge("b", "x", 9)]
    found = solve(offers, needs, edges)
    solver.check(offers, needs, edges, found)
    wrong = (
        replace(found, flows={("a", "x"): 2}),
        replace(
            found, flows={("a", "x"): 2, ("b", "x"): 1}, primal=23, dual=23, need_prices={"x": 8}, offer_prices={"b": 7}
        ),
        replace(found, primal=found.primal + 1, dual=found.dual + 1),
        replace(found, offer_prices={}, need_prices={"x": 8}),
    )
    for answer in wrong:
        with pytest.raises(NotOptimalError):
            solver.check(offers, needs, edges, answer)


def test_a_fair_round_gives_every_street_its_share_and_publishes_the_subsidies() -> None:
    offers, needs = {"a": 10}, {"x": 10, "y": 10, "z": 10}
    edges = [Edge("a", "x", 30), Edge("a", "y", 20), Edge("a", "z", 10)]
    streets = {"x": "s1", "y": "s2"}
    plain = solve(offers, needs, edges, streets=streets)
    assert (plain.flows, plain.subsidies, plain.target_millionths) == ({("a", "x"): 10}, {}, None)
    fair = solve(offers, needs, edges, streets=streets, theta=Fraction(9, 10))
    assert fair.flows == {("a", "x"): 5, ("a", "y"): 5}
    assert fair.target_millionths == 450_000
    assert fair.subsidies["s2"] - fair.subsidies["s1"] == 10
    worth = {"x": 30 + fair.subsidies["s1"], "y": 20 + fair.subsidies["s2"], "z": 10}
    assert fair.primal == fair.dual == 5 * worth["x"] + 5 * worth["y"]
    assert all(fair.offer_prices["a"] + fair.need_prices.get(name, 0) >= worth[name] for name in needs)


def test_a_round_of_one_street_is_the_plain_optimum() -> None:
    offers, needs, edges = {"a": 10}, {"x": 10, "y": 10}, [Edge("a", "x", 30), Edge("a", "y", 20)]
    one = solve(offers, needs, edges, streets={"x": "s1", "y": "s1"}, theta=Fraction(1))
    assert one == solve(offers, needs, edges)


def test_a_flow_that_is_not_optimal_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow._Part, "flow", lambda part: np.array([0, 1], dtype=np.int64))
    with pytest.raises(NotOptimalError):
        solve({"o": 1}, {"n": 1, "m": 1}, [Edge("o", "n", 1), Edge("o", "m", 9)])
