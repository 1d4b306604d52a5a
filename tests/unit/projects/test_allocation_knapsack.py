"""The knapsack: equal to trying every subset, up to ties; bounds that hold; limits that are kept."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projects.allocation import knapsack, rules, solver
from services.projects.allocation.knapsack import Item, Limits
from services.projects.allocation.model import AllocationError
from services.projects.allocation.rules import Options
from tests.unit.projects.allocation_cases import Case, election, naive_pack

GROUPS = ("field:a", "field:b", "street:1")


@st.composite
def packings(draw: st.DrawFn, *, most: int) -> tuple[list[Item], int, Limits]:
    """Few distinct numbers, so that there are many optima."""
    items = [
        Item(
            id=str(number),
            cost=draw(st.integers(0, 15)) * 100,
            score=draw(st.integers(0, 7)),
            groups=tuple(draw(st.sets(st.sampled_from(GROUPS)))),
        )
        for number in range(draw(st.integers(0, most)))
    ]
    amounts = st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 40).map(lambda yuan: yuan * 100), max_size=2)
    return items, draw(st.integers(0, 60)) * 100, Limits(minimums=draw(amounts), caps=draw(amounts))


@given(packings(most=9))
@settings(max_examples=60, deadline=None)
def test_it_equals_trying_every_subset_with_minimums_and_caps(case: tuple[list[Item], int, Limits]) -> None:
    items, budget, limits = case
    packed = knapsack.pack(items, budget=budget, limits=limits)
    assert packed.chosen == naive_pack(items, budget, limits)
    assert packed.total <= packed.bound


@given(packings(most=18))
@settings(max_examples=8, deadline=None)
def test_it_equals_trying_every_subset_up_to_eighteen_proposals(case: tuple[list[Item], int, Limits]) -> None:
    items, budget, _ = case
    packed = knapsack.pack(items, budget=budget)
    best = [0] * (budget // 100 + 1)
    for item in items:
        cost = item.cost // 100
        for room in range(len(best) - 1, cost - 1, -1):
            best[room] = max(best[room], best[room - cost] + item.score)
    costs = {item.id: item.cost for item in items}
    assert packed.total == best[-1] == sum(item.score for item in items if item.id in packed.chosen)
    assert sum(costs[name] for name in packed.chosen) <= budget


@given(packings(most=7))
@settings(max_examples=40, deadline=None)
def test_forcing_one_in_gives_the_best_total_with_it(case: tuple[list[Item], int, Limits]) -> None:
    items, budget, _ = case
    packed = knapsack.pack(items, budget=budget)
    for item in items:
        rest = [other for other in items if other.id != item.id]
        best = knapsack.pack(rest, budget=budget - item.cost).total + item.score if item.cost <= budget else None
        assert knapsack.total_with(items, packed, item.id, budget=budget) == best


def test_an_answer_that_fits_only_within_the_solvers_tolerance_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    plain = solver._model

    def off_by_one(rows: list[solver.Row], *args: object, whole: bool) -> object:
        asked.append(len(rows))
        first = rows[0]._replace(limit=rows[0].limit + 1) if len(asked) == 1 else rows[0]
        return plain([first, *rows[1:]], *args, whole=whole)  # type: ignore[arg-type]

    monkeypatch.setattr(solver, "_model", off_by_one)
    taken = solver.maximise([solver.Row((3, 4), 6)], (1, 2))
    assert taken == [False, True]
    assert asked == [1, 2]


def test_a_minimum_that_cannot_be_met_is_met_as_far_as_it_goes() -> None:
    items = [Item(id="a", cost=30, score=1, groups=("field:x",)), Item(id="b", cost=80, score=9)]
    packed = knapsack.pack(items, budget=100, limits=Limits(minimums={"field:x": 50}))
    assert packed.chosen == ["a"]
    assert packed.shortfalls == {"field:x": 20}


def test_numbers_beyond_the_solvers_reach_are_refused() -> None:
    with pytest.raises(AllocationError) as refused:
        knapsack.pack([Item(id="a", cost=1, score=1)], budget=2**43)
    assert refused.value.code == "number_too_large"


def test_the_rule_takes_the_greatest_total_and_says_what_a_loser_lacked() -> None:
    case: Case = ({"a": 60, "b": 50, "c": 50}, [{"a": 5, "b": 4, "c": 3}], 100)
    result = rules.decide(election(case, approval=False), Options(rule="knapsack"))
    assert result.selected == ["b", "c"]
    assert result.explanations["a"]["would_win"] == {"score_above": 7}
    better: Case = (case[0], [{"a": 8, "b": 4, "c": 3}], 100)
    assert rules.decide(election(better, approval=False), Options(rule="knapsack")).selected == ["a"]
