"""The optimum kept up to date: after any event the value is that of a cold solve, and the kept prices prove it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.resources.matching.engine import certificate, flow, sides
from services.resources.matching.engine.market import Market
from services.resources.matching.engine.problem import Need, Offer, Problem, build
from tests.unit.resources.instances import Instance, instances


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """The first event compiles, which takes longer than an example may."""
    market = Market()
    market.add_offer("o", 2, {})
    market.add_need("n", 1, {"o": 1})
    market.change_need("n", 2)
    market.remove_need("n")


EVENTS = ("add_offer", "add_need", "remove_offer", "remove_need", "change_offer", "change_need")


def is_optimal(market: Market) -> bool:
    """By a cold solve of the same records, by the kept prices, and within every quantity."""
    problem = market.problem()
    offers, needs = market.prices()
    flows = market.flows()
    worth = {
        (problem.offer_ids[tail], problem.need_ids[head]): utility
        for tail, head, utility in zip(
            *(a.tolist() for a in (problem.tail, problem.head, problem.utility)), strict=True
        )
    }
    covered = all(offers[offer] + needs[need] >= utility for (offer, need), utility in worth.items())
    value = sum(worth[pair] * count for pair, count in flows.items())
    kept = all(count > 0 for count in flows.values()) and _within(problem, flows)
    none_below = all(price >= 0 for price in (*offers.values(), *needs.values()))
    return covered and kept and none_below and value == market.bound() == market.value() == flow.solve(problem).primal


def _within(problem: Problem, flows: dict[tuple[str, str], int]) -> bool:
    given_, taken = dict.fromkeys(problem.offer_ids, 0), dict.fromkeys(problem.need_ids, 0)
    for (offer, need), count in flows.items():
        given_[offer] += count
        taken[need] += count
    supply = dict(zip(problem.offer_ids, problem.supply.tolist(), strict=True))
    demand = dict(zip(problem.need_ids, problem.demand.tolist(), strict=True))
    return all(given_[name] <= supply[name] for name in supply) and all(taken[name] <= demand[name] for name in demand)


def happen(market: Market, rng: random.Random, kind: str, number: int) -> None:
    """One event, if it can happen."""
    problem = market.problem()
    offers, needs = list(problem.offer_ids), list(problem.need_ids)
    mine, others = (offers, needs) if kind.endswith("offer") else (needs, offers)
    if kind.startswith("add"):
        chosen = rng.sample(others, min(len(others), rng.randint(0, 6)))
        getattr(market, kind)(f"x{number}", rng.randint(0, 12), {name: rng.randint(-5, 40) for name in chosen})
    elif mine:
        arguments: list[Any] = [rng.choice(mine)]
        getattr(market, kind)(*arguments, *([rng.randint(0, 12)] if kind.startswith("change") else []))


def is_sound(market: Market) -> bool:
    """Each edge knows its twin, both ends tell the same, and no search left a trace."""
    both = (market._offers, market._needs)
    for mine, others in (both, both[::-1]):
        places, slots = sides.edges(mine.side)
        twins, there = mine.side.twin[slots], others.side
        carried = [0] * len(mine.side.used)
        for place, count in zip(places.tolist(), mine.side.flow[slots].tolist(), strict=True):
            carried[place] += count
        same = (
            (there.twin[twins] == slots).all()
            and (there.other[twins] == places).all()
            and (there.worth[twins] == mine.side.worth[slots]).all()
            and (there.flow[twins] == mine.side.flow[slots]).all()
        )
        if not same or carried != mine.side.used.tolist() or (mine.side.reach != sides.FAR).any():
            return False
    return True


@given(instances(side=5, most=12))
def test_a_market_begins_at_the_optimum(instance: Instance) -> None:
    assert is_optimal(Market.of(instance.problem()))


@settings(max_examples=60)
@given(instances(side=5, most=12), st.lists(st.sampled_from(EVENTS), max_size=15), st.integers(0, 2**32))
def test_after_every_event_it_is_the_optimum_of_a_cold_solve(instance: Instance, kinds: list[str], seed: int) -> None:
    market, rng = Market.of(instance.problem()), random.Random(seed)
    for number, kind in enumerate(kinds):
        happen(market, rng, kind, number)
        assert is_optimal(market)
        assert is_sound(market)


def test_five_hundred_events_end_at_the_optimum_of_a_cold_solve() -> None:
    rng = random.Random(5)
    market = Market()
    for number in range(60):
        happen(market, rng, rng.choice(EVENTS[:2]), number)
    for number in range(60, 560):
        happen(market, rng, rng.choice(EVENTS), number)
        if number % 25 == 0:
            assert is_optimal(market)
            assert is_sound(market)
    assert is_optimal(market)
    assert certificate.flaws(market.problem(), flow.solve(market.problem())) == []


@pytest.mark.parametrize("seed", range(4))
def test_ties_and_large_quantities_end_at_the_optimum_of_a_cold_solve(seed: int) -> None:
    """Few different utilities, so that most distances are equal, and paths that carry much or little."""
    rng = random.Random(seed)
    offers = {f"o{at}": rng.choice((1, 7, 10**9)) for at in range(30)}
    needs = {f"n{at}": rng.choice((1, 5, 10**9)) for at in range(30)}
    edges = [(offer, need, rng.choice((10, 20, 30))) for offer in offers for need in rng.sample(sorted(needs), 6)]
    giving = [Offer(id=name, quantity=quantity) for name, quantity in offers.items()]
    taking = [Need(id=name, quantity=quantity) for name, quantity in needs.items()]
    market = Market.of(build(giving, taking, edges))
    for number in range(60):
        happen(market, rng, rng.choice(EVENTS), number)
        assert is_optimal(market)


def test_a_name_is_taken_once_and_an_unknown_one_is_an_error() -> None:
    market = Market.of(build([], [], []))
    market.add_offer("a", 3, {})
    with pytest.raises(KeyError):
        market.add_offer("a", 3, {})
    with pytest.raises(KeyError):
        market.add_need("b", 3, {"c": 1})
    with pytest.raises(KeyError):
        market.remove_need("b")
    assert market.prices() == ({"a": 0}, {})


def test_whoever_comes_takes_the_place_of_one_who_left() -> None:
    market, rng = Market(), random.Random(3)
    for number in range(40):
        market.add_need(f"n{number}", rng.randint(1, 9), {})
    needs = [f"n{number}" for number in range(40)]
    for number in range(30):
        market.add_offer(f"o{number}", rng.randint(1, 9), {need: rng.randint(1, 50) for need in rng.sample(needs, 8)})
    before = len(market._offers.side.price), len(market._needs.side.price)
    for number in range(30, 600):
        market.remove_offer(f"o{number - 30}")
        market.add_offer(f"o{number}", rng.randint(1, 9), {need: rng.randint(1, 50) for need in rng.sample(needs, 8)})
    assert (len(market._offers.side.price), len(market._needs.side.price)) == before
    assert int(market._needs.side.spent[0]) <= 2 * 40 * 64
    assert is_optimal(market)
    assert is_sound(market)


def test_a_place_in_much_demand_gets_room_for_all_its_edges() -> None:
    market = Market()
    market.add_offer("o", 1_000, {})
    for number in range(500):
        market.add_need(f"n{number}", 3, {"o": number + 1})
    assert is_optimal(market)
    assert is_sound(market)
