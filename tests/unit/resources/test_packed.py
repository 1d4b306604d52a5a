"""Every rule of lots at once, searched exactly: the best of all allocations there are, and never worse than by hand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.resources.matching import solver
from services.resources.matching.edges import Edge
from services.resources.matching.engine import lots, parts
from services.resources.matching.engine.packed import Packed
from services.resources.matching.packing import Pair, Rules, flaws, giver

OFFERS, NEEDS = ("a", "v#0", "v#1"), ("m", "n", "o")
PAIRS = [(offer, need) for offer in OFFERS for need in NEEDS]
Flows = dict[Pair, int]


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A few edges under every rule there is; two of the offers are of one giver."""
    counts = st.integers(1, 5)
    offers, needs = {name: draw(counts) for name in OFFERS}, {name: draw(counts) for name in NEEDS}
    steps = {name: draw(st.integers(1, 3)) for name in OFFERS}
    lots_ = {name: max(1, min(max(step, draw(st.integers(1, 3))), offers[name])) for name, step in steps.items()}
    chosen = draw(st.lists(st.sampled_from(PAIRS), min_size=1, max_size=5, unique=True))
    few = st.frozensets(st.sampled_from(NEEDS), max_size=2)
    rules = Rules(lot=lots_, step=steps, whole=draw(few), single=draw(few))
    edges = [Edge(offer, need, draw(st.integers(1, 9))) for offer, need in sorted(chosen)]
    return {"offers": offers, "needs": needs, "edges": edges, "rules": rules}


def every(case: dict[str, Any], edges: list[Edge], chosen: Flows) -> Iterator[Flows]:
    """Whatever there is to give, whether a rule allows it or not."""
    if not edges:
        yield chosen
        return
    one = edges[0]
    free = case["offers"][one.offer] - sum(many for (offer, _), many in chosen.items() if offer == one.offer)
    missing = case["needs"][one.need] - sum(many for (_, need), many in chosen.items() if need == one.need)
    for many in range(min(free, missing) + 1):
        yield from every(case, edges[1:], chosen | ({(one.offer, one.need): many} if many else {}))


def value(case: dict[str, Any], flows: Flows) -> int:
    return sum(edge.utility * flows.get((edge.offer, edge.need), 0) for edge in case["edges"])


@settings(max_examples=80, deadline=None)
@given(cases())
def test_the_answer_to_a_small_round_is_the_best_there_is(case: dict[str, Any]) -> None:
    kept = (flows for flows in every(case, case["edges"], {}) if not list(flaws(flows, *_sides(case), case["rules"])))
    found = solver.solve(**case, seconds=60)
    # the engine knows these rules alone: what it finds is bounded by the divisible prices, and not searched further
    assert value(case, found.flows) == found.primal
    if not case["rules"].are_plain:
        assert found.primal == max(value(case, flows) for flows in kept)


@settings(max_examples=80, deadline=None)
@given(cases())
def test_a_part_keeps_what_the_rules_say(case: dict[str, Any]) -> None:
    part = _part(case)
    for flows in every(case, case["edges"], {}):
        flow = np.array([flows.get((edge.offer, edge.need), 0) for edge in case["edges"]], dtype=np.int64)
        assert part.keeps(flow) == (not list(flaws(flows, *_sides(case), case["rules"])))


def _sides(case: dict[str, Any]) -> tuple[dict[str, int], dict[str, int]]:
    return case["offers"], case["needs"]


def _part(case: dict[str, Any]) -> Packed:
    rules, supply = case["rules"], np.array([case["offers"][name] for name in OFFERS])
    givers = sorted({giver(name) for name in OFFERS})
    return Packed(
        tail=np.array([OFFERS.index(edge.offer) for edge in case["edges"]]),
        head=np.array([NEEDS.index(edge.need) for edge in case["edges"]]),
        utility=np.array([edge.utility for edge in case["edges"]]),
        supply=supply,
        total=supply,
        demand=np.array([case["needs"][name] for name in NEEDS]),
        lot=np.array([rules.lot[name] for name in OFFERS]),
        step=np.array([rules.step[name] for name in OFFERS]),
        giver=np.array([givers.index(giver(name)) for name in OFFERS]),
        whole=np.array([name in rules.whole for name in NEEDS]),
        single=np.array([name in rules.single for name in NEEDS]),
    )


DEAREST_FIRST: dict[str, Any] = {  # by hand the dearer need takes the offer that alone could serve the other one
    "offers": {"a": 4, "b": 4},
    "needs": {"m": 4, "n": 4},
    "edges": [Edge("a", "m", 9), Edge("b", "m", 8), Edge("a", "n", 8)],
    "rules": Rules(single=frozenset({"m", "n"}), step={"a": 4}, lot={"a": 4}),
}


def test_who_has_another_choice_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    offers, needs, rules = (DEAREST_FIRST[name] for name in ("offers", "needs", "rules"))
    flows, worth = {("a", "m"): 4}, {(one.offer, one.need): one.utility for one in DEAREST_FIRST["edges"]}
    assert value(DEAREST_FIRST, flows) == 36
    monkeypatch.setattr(solver, "pack", lambda *_: flows)
    found = solver.solve(offers, needs, DEAREST_FIRST["edges"], rules=rules, seconds=30)
    assert found.flows == {("b", "m"): 4, ("a", "n"): 4}
    assert found.primal == sum(worth[pair] * many for pair, many in found.flows.items()) == found.dual == 64


def test_time_that_is_up_leaves_what_was_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count(step=10)
    monkeypatch.setattr(lots.improve_packed, "__kwdefaults__", {"now": lambda: float(next(ticks))})
    monkeypatch.setattr(parts, "_solve_part", lambda *_, **__: pytest.fail("no time is left"))
    monkeypatch.setattr(solver, "pack", lambda *_: {("a", "m"): 4})
    monkeypatch.setattr(solver, "SEARCHED", 1.0)
    offers, needs, rules = (DEAREST_FIRST[name] for name in ("offers", "needs", "rules"))
    edges = [*DEAREST_FIRST["edges"], Edge("b", "n", 1)]
    found = solver.solve(offers, needs, edges, rules=rules, seconds=1)
    assert found.flows == {("a", "m"): 4}
    assert found.primal < found.dual
