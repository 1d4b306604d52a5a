"""Street fairness: every street gets its share at the least cost, and subsidies and prices prove it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import ceil, floor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.resources.matching.engine import certificate, fair, flow
from services.resources.matching.engine.answer import solve
from services.resources.matching.engine.problem import Need, Offer, Problem, build
from tests.unit.resources.instances import Instance, instances

THETA = Fraction(9, 10)
thetas = st.fractions(0, 1, max_denominator=20)


def served(problem: Problem, flows: np.ndarray) -> dict[str | None, int]:
    got: dict[str | None, int] = {}
    for edge in np.flatnonzero(flows):
        street = problem.streets[problem.head[edge]]
        got[street] = got.get(street, 0) + int(flows[edge])
    return got


def wanted(problem: Problem) -> dict[str | None, int]:
    total: dict[str | None, int] = {}
    for street, count in zip(problem.streets, problem.demand.tolist(), strict=True):
        total[street] = total.get(street, 0) + count
    return total


@given(instances(side=6, most=40), thetas)
def test_every_street_that_can_be_reached_gets_its_share(instance: Instance, theta: Fraction) -> None:
    problem = instance.problem()
    answer = solve(problem, theta=theta)
    assert answer.fairness is not None
    got, all_of = served(problem, answer.found.flow), wanted(problem)
    for street in answer.fairness.coverage:
        assert got.get(street, 0) >= floor(answer.fairness.target * all_of[street])
    for street in answer.fairness.unreachable:
        assert got.get(street, 0) == 0


@given(instances(side=6, most=40), thetas)
def test_the_published_subsidies_and_prices_prove_the_fair_allocation(instance: Instance, theta: Fraction) -> None:
    answer = solve(instance.problem(), theta=theta)
    subsidies = answer.found.subsidies
    assert all(amount >= 0 for amount in subsidies.values())
    street = {need.id: need.street for need in instance.needs}
    edges = [(o, n, worth + subsidies.get(street[n] or "", 0)) for o, n, worth in instance.edges]
    subsidised = replace(instance, edges=edges).problem()
    assert certificate.flaws(subsidised, answer.found) == []
    assert answer.found.primal == answer.found.dual == flow.solve(subsidised).primal


@given(instances(side=6, most=40))
def test_without_a_share_to_keep_it_is_the_plain_optimum(instance: Instance) -> None:
    problem = instance.problem()
    answer = solve(problem, theta=Fraction(0))
    assert set(answer.found.subsidies.values()) <= {0}
    assert answer.found.primal == flow.solve(problem).primal


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=2), st.lists(st.integers(1, 4), min_size=3, max_size=3), st.data()
)
def test_no_other_allocation_with_these_shares_is_worth_more(
    supplies: list[int], demands: list[int], data: st.DataObject
) -> None:
    offers = [Offer(id=f"o{at}", quantity=count) for at, count in enumerate(supplies)]
    needs = [Need(id=f"n{at}", quantity=count, street=f"s{at % 2}") for at, count in enumerate(demands)]
    edges = [(offer.id, need.id, data.draw(st.integers(0, 20))) for offer in offers for need in needs]
    problem = Instance(offers, needs, edges).problem()
    answer = solve(problem, theta=THETA)
    assert answer.fairness is not None
    got, all_of = served(problem, answer.found.flow), wanted(problem)
    shares = {street: answer.fairness.target * count for street, count in all_of.items() if street}
    rounded = ceil if all(got.get(name, 0) >= ceil(share) for name, share in shares.items()) else floor
    best = 0
    for counts in product(*(range(min(o.quantity, n.quantity) + 1) for o in offers for n in needs)):
        flows = np.array(counts, dtype=np.int64)
        given_ = np.bincount(problem.tail, weights=counts, minlength=2)
        taken = np.bincount(problem.head, weights=counts, minlength=3)
        if (given_ > problem.supply).any() or (taken > problem.demand).any():
            continue
        theirs = served(problem, flows)
        if all(theirs.get(name, 0) >= rounded(share) for name, share in shares.items()):
            best = max(best, certificate.value(problem.utility, flows))
    assert certificate.value(problem.utility, answer.found.flow) == best


def test_the_best_common_share_counts_only_streets_that_something_fits() -> None:
    offers = [Offer(id="a", quantity=6)]
    needs = [
        Need(id="c", quantity=6, street="s1"),
        Need(id="d", quantity=6, street="s2"),
        Need(id="e", quantity=5, street="s3"),
    ]
    problem = Instance(offers, needs, [("a", "c", 10), ("a", "d", 1)]).problem()
    answer = solve(problem, theta=THETA)
    assert answer.fairness is not None
    assert answer.fairness.max_min == Fraction(1, 2)
    assert answer.fairness.target == Fraction(9, 20)
    assert answer.fairness.coverage == {"s1": Fraction(1, 2), "s2": Fraction(1, 2)}
    assert answer.fairness.unreachable == ["s3"]
    assert answer.found.subsidies == {"s1": 0, "s2": 9}
    assert fair.Streets.of(problem).names == ["s1", "s2"]


def _common_share(supply: list[int], needs: list[tuple[int, str]], edges: set[tuple[int, int]]) -> Fraction:
    """By every cut: what some streets can have together is at most some offers and the needs that others reach."""
    streets = sorted({street for at, (_, street) in enumerate(needs) if any(need == at for _, need in edges)})
    share = Fraction(1)
    for some in product([False, True], repeat=len(streets)):
        chosen = {street for street, taken in zip(streets, some, strict=True) if taken}
        wanted = sum(count for count, street in needs if street in chosen)
        for cut in product([False, True], repeat=len(supply)) if wanted else ():
            most = sum(count for count, taken in zip(supply, cut, strict=True) if taken)
            for at, (count, street) in enumerate(needs):
                reached = any(not cut[offer] for offer, need in edges if need == at)
                most += count if street in chosen and reached else 0
            share = min(share, Fraction(most, wanted))
    return share


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from("abc")), min_size=1, max_size=5),
    st.sets(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=1),
)
def test_the_common_share_is_that_of_the_tightest_cut(
    supply: list[int], needs: list[tuple[int, str]], pairs: set[tuple[int, int]]
) -> None:
    edges = {(offer, need) for offer, need in pairs if offer < len(supply) and need < len(needs)}
    problem = build(
        [Offer(id=f"o{at}", quantity=count) for at, count in enumerate(supply)],
        [Need(id=f"n{at}", quantity=count, street=street) for at, (count, street) in enumerate(needs)],
        [(f"o{offer}", f"n{need}", 1) for offer, need in edges],
    )
    found = fair.max_min_coverage(problem, fair.Streets.of(problem))
    share = _common_share(supply, needs, edges) if edges else Fraction(0)
    assert found == Fraction(share.numerator * fair.FINENESS // share.denominator, fair.FINENESS)
