"""The divisible optimum: feasible, best by brute force, proved on the tester's own edges, whatever the order."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.resources.matching.engine import certificate, flow
from services.resources.matching.engine.problem import (
    MOST_QUANTITY,
    MOST_UTILITY,
    Integers,
    Need,
    NotOptimalError,
    Offer,
    Problem,
    Solution,
    build,
)
from tests.unit.resources.instances import Instance, best_by_trying, best_edges, instances, keeps_the_rules


def solved(instance: Instance) -> Solution:
    return flow.solve(instance.problem())


def flows(instance: Instance, found: Solution) -> dict[tuple[str, str], int]:
    problem = instance.problem()
    return {
        (problem.offer_ids[problem.tail[edge]], problem.need_ids[problem.head[edge]]): int(found.flow[edge])
        for edge in np.flatnonzero(found.flow)
    }


def is_proved(instance: Instance, found: Solution) -> bool:
    """From the caller's records alone: the prices cover every edge, and their sum is the value of the flows."""
    problem = instance.problem()
    offers = dict(zip(problem.offer_ids, found.offer_prices.tolist(), strict=True))
    needs = dict(zip(problem.need_ids, found.need_prices.tolist(), strict=True))
    worth = best_edges(instance.edges)
    value = sum(worth[pair] * count for pair, count in flows(instance, found).items())
    bound = sum(offers[each.id] * each.quantity for each in instance.offers)
    bound += sum(needs[each.id] * each.quantity for each in instance.needs)
    covered = all(offers[offer] + needs[need] >= utility for offer, need, utility in instance.edges)
    return covered and min([0, *offers.values(), *needs.values()]) == 0 and value == bound == found.primal


@given(instances(side=6, most=40))
def test_the_answer_is_feasible_and_proved_on_the_callers_own_edges(instance: Instance) -> None:
    found = solved(instance)
    assert keeps_the_rules(instance, flows(instance, found))
    assert is_proved(instance, found)
    assert certificate.flaws(instance.problem(), found) == []


@settings(max_examples=60)
@given(instances(side=3, most=3))
def test_no_allocation_is_better(instance: Instance) -> None:
    assert solved(instance).primal == best_by_trying(instance)


@given(instances(side=6, most=40), st.integers(0, 5), st.integers(1, 9))
def test_more_of_an_offer_or_a_need_never_lowers_the_value(instance: Instance, at: int, more: int) -> None:
    assume(len(instance.offers) > at and len(instance.needs) > at)
    offers, needs = list(instance.offers), list(instance.needs)
    offers[at] = replace(offers[at], quantity=offers[at].quantity + more)
    needs[at] = replace(needs[at], quantity=needs[at].quantity + more)
    before = solved(instance).primal
    assert solved(replace(instance, offers=offers)).primal >= before
    assert solved(replace(instance, needs=needs)).primal >= before


@given(instances(side=6, most=40), st.data())
def test_a_better_or_a_further_edge_never_lowers_the_value(instance: Instance, data: st.DataObject) -> None:
    assume(instance.offers and instance.needs)
    offer = data.draw(st.sampled_from([offer.id for offer in instance.offers]))
    need = data.draw(st.sampled_from([need.id for need in instance.needs]))
    edges = [*instance.edges, (offer, need, data.draw(st.integers(-5, 60)))]
    assert solved(replace(instance, edges=edges)).primal >= solved(instance).primal


@given(instances(side=6, most=40), st.integers(2, 1000))
def test_quantities_and_utilities_scale(instance: Instance, factor: int) -> None:
    value = solved(instance).primal
    offers = [replace(each, quantity=each.quantity * factor) for each in instance.offers]
    needs = [replace(each, quantity=each.quantity * factor) for each in instance.needs]
    edges = [(offer, need, worth * factor) for offer, need, worth in instance.edges]
    assert solved(replace(instance, offers=offers, needs=needs)).primal == value * factor
    assert solved(replace(instance, edges=edges)).primal == value * factor


@given(instances(side=6, most=40), st.integers(0, 2**32))
def test_the_order_of_the_input_decides_nothing(instance: Instance, seed: int) -> None:
    rng = random.Random(seed)
    mixed = Instance(
        rng.sample(instance.offers, len(instance.offers)),
        rng.sample(instance.needs, len(instance.needs)),
        rng.sample(instance.edges, len(instance.edges)),
    )
    one, other = solved(instance), solved(mixed)
    assert flows(instance, one) == flows(mixed, other)
    assert one.offer_prices.tolist() == other.offer_prices.tolist()
    assert one.need_prices.tolist() == other.need_prices.tolist()


def test_quantities_and_utilities_at_their_limits_are_exact() -> None:
    offers = [Offer(id="a", quantity=MOST_QUANTITY - 1), Offer(id="b", quantity=1)]
    needs = [Need(id="c", quantity=MOST_QUANTITY)]
    instance = Instance(offers, needs, [("a", "c", MOST_UTILITY), ("b", "c", MOST_UTILITY - 1)])
    assert solved(instance).primal == MOST_QUANTITY * MOST_UTILITY - 1
    assert is_proved(instance, solved(instance))


def _worse(found: Solution, problem: Problem) -> Solution:
    flow_ = found.flow.copy()
    flow_[np.flatnonzero(flow_)[0]] -= 1
    return replace(found, flow=flow_, primal=certificate.value(problem.utility, flow_))


def _more(array: Integers, by: int) -> Integers:
    changed = array.copy()
    changed[int(np.argmax(array))] += by
    return changed


MUTANTS: dict[str, Callable[[Solution, Problem], Solution]] = {
    "a unit left out": _worse,
    "a unit left out unsaid": lambda found, problem: replace(_worse(found, problem), primal=found.primal),
    "a unit too many": lambda found, _: replace(found, flow=_more(found.flow, 10**6)),
    "an offer's price too low": lambda found, _: replace(found, offer_prices=_more(found.offer_prices, -1)),
    "a need's price too low": lambda found, _: replace(found, need_prices=_more(found.need_prices, -1)),
    "an offer's price too high": lambda found, _: replace(found, offer_prices=_more(found.offer_prices, 1)),
    "prices below nothing": lambda found, _: replace(found, offer_prices=-found.offer_prices),
    "a better value claimed": lambda found, _: replace(found, primal=found.primal + 1, dual=found.dual + 1),
    "flows below nothing": lambda found, _: replace(found, flow=-found.flow),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_answer_is_caught(name: str) -> None:
    problem = build(
        [Offer(id="a", quantity=5), Offer(id="b", quantity=4)],
        [Need(id="c", quantity=6), Need(id="d", quantity=6)],
        [("a", "c", 9), ("a", "d", 7), ("b", "c", 8), ("b", "d", 3)],
    )
    found = flow.solve(problem)
    assert certificate.flaws(problem, found) == []
    wrong = MUTANTS[name](found, problem)
    assert certificate.flaws(problem, wrong) or wrong.primal != wrong.dual


def test_a_flow_that_can_be_improved_gets_no_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance(*_two_by_two())
    part_class = flow._Part
    monkeypatch.setattr(part_class, "flow", lambda part: np.array([0, 2, 2, 0], dtype=np.int64))
    with pytest.raises(NotOptimalError):
        solved(instance)


def _two_by_two() -> tuple[list[Offer], list[Need], list[tuple[str, str, int]]]:  # the crosswise flow is worse
    offers = [Offer(id="a", quantity=2), Offer(id="b", quantity=2)]
    needs = [Need(id="c", quantity=2), Need(id="d", quantity=2)]
    return offers, needs, [("a", "c", 9), ("a", "d", 1), ("b", "c", 1), ("b", "d", 9)]
