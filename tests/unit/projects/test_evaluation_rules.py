"""Evaluations: the whole tables, what a rubric adds up to, how sheets are combined."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, InvalidError
from contracts.projects import evaluations as contract
from services.projects.evaluations import domain

few = settings(max_examples=200, deadline=None)
CRITERIA: list[dict[str, Any]] = domain.DEFAULT_RUBRIC["criteria"]
EXPECTED = {
    "score": ({"scoring"}, "scoring"),
    "announce": ({"scoring"}, "announced"),
    "comment": ({"announced", "appealed"}, None),
    "accept": ({"announced"}, "final"),
    "appeal": ({"announced"}, "appealed"),
    "uphold": ({"appealed"}, "scoring"),
    "reject": ({"appealed"}, "final"),
    "conclude": ({"announced"}, "final"),
    "cancel": ({"scoring", "announced", "appealed"}, "cancelled"),
}
SHEETS = {
    "fill": ({"open"}, "open"),
    "lock": ({"open"}, "locked"),
    "recuse": ({"open"}, "recused"),
    "reopen": ({"locked"}, "open"),
}
sheet = st.fixed_dictionaries({one["key"]: st.integers(0, one["max_points"]) for one in CRITERIA})


@pytest.mark.parametrize("action", domain.ACTIONS)
@pytest.mark.parametrize("status", domain.STATUSES)
def test_every_pair_of_state_and_action(status: str, action: str) -> None:
    sources, target = EXPECTED[action]
    if status in sources:
        assert domain.next_status(status, action) == (target or status)
    else:
        with pytest.raises(ConflictError, match="evaluation_state_conflict"):
            domain.next_status(status, action)


@pytest.mark.parametrize("action", domain.SHEET_ACTIONS)
@pytest.mark.parametrize("status", domain.SHEET_STATUSES)
def test_every_pair_of_a_sheet(status: str, action: str) -> None:
    sources, target = SHEETS[action]
    if status in sources:
        assert domain.next_sheet_status(status, action) == target
    else:
        with pytest.raises(ConflictError, match="evaluation_sheet_conflict"):
            domain.next_sheet_status(status, action)


def test_contract_and_tables_name_the_same_states_and_a_running_one_can_always_be_called_off() -> None:
    assert contract.STATUSES == domain.STATUSES
    assert contract.SHEET_STATUSES == domain.SHEET_STATUSES
    for status in domain.RUNNING:
        assert (status, "cancel") in domain.TRANSITIONS


def test_the_default_rubric_is_a_valid_one() -> None:
    domain.check_rubric(CRITERIA, grade_a_from=85, grade_b_from=60)


@pytest.mark.parametrize(
    ("criteria", "grades", "problem"),
    [
        (CRITERIA[1:], (85, 60), "weights sum to 70"),
        ([*CRITERIA, CRITERIA[0]], (85, 60), "goals twice"),
        (CRITERIA, (60, 60), "above"),
    ],
)
def test_a_rubric_that_does_not_add_up_is_refused(
    criteria: list[dict[str, Any]], grades: tuple[int, int], problem: str
) -> None:
    with pytest.raises(InvalidError, match="evaluation_rubric_invalid") as refused:
        domain.check_rubric(criteria, grade_a_from=grades[0], grade_b_from=grades[1])
    assert any(problem in one for one in refused.value.details["problems"])


@pytest.mark.parametrize("wrong", [{}, {"goals": 11}, {"goals": -1}, {"else": 1}])
def test_points_that_do_not_fit_are_refused(wrong: dict[str, int]) -> None:
    fitting = {one["key"]: 5 for one in CRITERIA}
    with pytest.raises(InvalidError, match="evaluation_scores_invalid"):
        domain.check_scores(CRITERIA, {**fitting, **wrong} if wrong else {})


@given(st.lists(sheet, min_size=1, max_size=7), st.sampled_from(contract.COMBINATIONS))
@few
def test_a_combined_score_lies_between_the_lowest_and_the_highest(
    sheets: list[dict[str, int]], combination: str
) -> None:
    exact = [
        sum((Fraction(one["weight"] * found[one["key"]], one["max_points"]) for one in CRITERIA), Fraction())
        for found in sheets
    ]
    score = domain.combined(CRITERIA, sheets, combination)
    assert min(exact) - Fraction(1, 2) < score <= max(exact) + Fraction(1, 2)
    assert 0 <= score <= 100
    assert score == domain.combined(CRITERIA, list(reversed(sheets)), combination)


def test_the_combination_is_the_named_one_and_halves_round_up() -> None:
    one = [{"key": "a", "weight": 100, "max_points": 100}]
    sheets = [{"a": 10}, {"a": 80}, {"a": 81}, {"a": 100}]
    assert domain.combined(one, sheets, "mean") == 68  # 67.75
    assert domain.combined(one, sheets, "trimmed_mean") == 81  # 80.5
    assert domain.combined(one, sheets[:3], "median") == 80
    assert domain.by_criterion(one, sheets) == [{"key": "a", "percent": "67.75"}]


def test_an_appeal_is_made_once_and_in_time() -> None:
    domain.check_appeal(appeals=0, today=date(2026, 5, 8), until=date(2026, 5, 8))
    with pytest.raises(ConflictError, match="evaluation_appeal_too_late"):
        domain.check_appeal(appeals=0, today=date(2026, 5, 9), until=date(2026, 5, 8))
    with pytest.raises(ConflictError, match="evaluation_appealed_once"):
        domain.check_appeal(appeals=1, today=date(2026, 5, 8), until=date(2026, 5, 8))


def test_measures_are_those_of_the_grade() -> None:
    consequences = domain.DEFAULT_RUBRIC["consequences"]
    assert domain.measures_of(consequences, "C") == ["improvement_plan", "follow_up_visit"]
    assert domain.measures_of(consequences, "B") == []
