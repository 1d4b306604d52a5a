"""Whole lots and needs of one provider: every rule is kept, within the proved bound, and little is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.resources.matching import solver
from services.resources.matching.edges import Edge
from services.resources.matching.packing import Rules, flaws, pack
from services.resources.matching.solver import NotOptimalError, solve

OFFERS = [f"o{at}" for at in range(4)]
NEEDS = [f"n{at}" for at in range(4)]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A small round with every rule there is."""
    counts = st.integers(0, 12)
    steps = {name: draw(st.integers(1, 4)) for name in OFFERS}
    offers = {name: draw(counts) for name in OFFERS}
    lots = {name: max(1, min(max(step, draw(st.integers(1, 5))), offers[name])) for name, step in steps.items()}
    pairs = [(offer, need) for offer in OFFERS for need in NEEDS]
    edges = [Edge(offer=o, need=n, utility=draw(st.integers(0, 9))) for o, n in pairs if draw(st.booleans())]
    return {
        "offers": offers,
        "needs": {name: draw(counts) for name in NEEDS},
        "edges": edges,
        "rules": Rules(
            lot=lots,
            step=steps,
            whole=frozenset(draw(st.sets(st.sampled_from(NEEDS)))),
            single=frozenset(draw(st.sets(st.sampled_from(NEEDS)))),
        ),
    }


@settings(max_examples=60, deadline=None)
@given(cases())
def test_an_answer_keeps_every_rule_and_stays_below_the_bound(case: dict[str, Any]) -> None:
    found = solve(**case, seconds=0.2)
    assert list(flaws(found.flows, case["offers"], case["needs"], case["rules"])) == []
    worth = {(edge.offer, edge.need): edge.utility for edge in case["edges"]}
    assert found.primal == sum(worth[pair] * count for pair, count in found.flows.items()) <= found.dual
    assert solver.is_feasible_dual(
        [edge for edge in case["edges"] if case["offers"][edge.offer] and case["needs"][edge.need]],
        found.offer_prices,
        found.need_prices,
    )
    assert 0 <= found.gap_millionths <= 10**6
    assert found.gap_millionths * found.dual >= (found.dual - found.primal) * 10**6


@settings(max_examples=60)
@given(cases(), st.data())
def test_packing_mends_whatever_it_is_given(case: dict[str, Any], data: st.DataObject) -> None:
    free, missing, flows = dict(case["offers"]), dict(case["needs"]), {}
    for edge in case["edges"]:
        count = data.draw(st.integers(0, min(free[edge.offer], missing[edge.need])))
        if count:
            flows[edge.offer, edge.need] = count
            free[edge.offer] -= count
            missing[edge.need] -= count
    worth = {(edge.offer, edge.need): edge.utility for edge in case["edges"]}
    packed = pack(flows, lambda free, missing: worth, case["offers"], case["needs"], case["rules"])
    assert list(flaws(packed, case["offers"], case["needs"], case["rules"])) == []


def test_lots_are_whole_and_the_rest_of_an_offer_may_go_as_it_is() -> None:
    rules = Rules(lot={"o": 6}, step={"o": 6})
    edges = [Edge("o", "n", 5), Edge("o", "m", 3)]
    found = solve({"o": 20}, {"n": 13, "m": 9}, edges, rules=rules, seconds=1)
    assert found.flows == {("o", "n"): 12, ("o", "m"): 6}
    assert solve({"o": 20}, {"n": 20}, edges[:1], rules=rules, seconds=1).flows == {("o", "n"): 20}


def test_a_need_of_one_provider_takes_several_windows_of_it() -> None:
    rules = Rules(single=frozenset({"n"}))
    edges = [Edge("a#0", "n", 5), Edge("a#1", "n", 5), Edge("b#0", "n", 6)]
    found = solve({"a#0": 1, "a#1": 1, "b#0": 1}, {"n": 2}, edges, rules=rules, seconds=1)
    assert found.flows == {("a#0", "n"): 1, ("a#1", "n"): 1}
    assert (found.primal, found.dual) == (10, 11)


def test_a_gap_without_a_rule_is_no_answer() -> None:
    found = solve({"o": 1}, {"n": 1}, [Edge("o", "n", 5)])
    short = solver.replace(found, flows={}, primal=0)
    with pytest.raises(NotOptimalError):
        solver.check({"o": 1}, {"n": 1}, [Edge("o", "n", 5)], short)
    solver.check({"o": 1}, {"n": 1}, [Edge("o", "n", 5)], short, Rules(lot={"o": 2}))
