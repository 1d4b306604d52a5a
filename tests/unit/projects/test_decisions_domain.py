"""Who moves up when a winner is declined; what an override may change; and the money that follows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings

from chassis.errors import ConflictError, InvalidError
from services.projects.decisions import domain

few = settings(max_examples=80, deadline=None)
OUTCOMES = [
    {"proposal_id": "a", "outcome": "recommended", "rank": 1, "amount_fen": 60, "asked_fen": 60},
    {"proposal_id": "b", "outcome": "reserve", "rank": 2, "amount_fen": 50, "asked_fen": 50},
    {"proposal_id": "c", "outcome": "not_recommended", "rank": 3, "amount_fen": 40, "asked_fen": 40},
]


@pytest.mark.parametrize(
    ("changes", "after"),
    [
        ([{"proposal_id": "x", "outcome": "reserve"}], 60),
        ([{"proposal_id": "b", "outcome": "recommended"}] * 2, 60),
        ([{"proposal_id": "a", "outcome": "recommended"}], 60),
        ([{"proposal_id": "c", "outcome": "recommended", "amount_fen": 41}], 60),
        ([{"proposal_id": "a", "outcome": "reserve", "amount_fen": 10}], 0),
        ([{"proposal_id": "b", "outcome": "recommended"}], 110),
    ],
)
def test_an_override_that_is_none_or_goes_too_far_is_refused(changes: list[dict[str, Any]], after: int) -> None:
    with pytest.raises(InvalidError, match="decision_override_invalid"):
        domain.check_changes(OUTCOMES, changes, budget_fen=100, after=after)


def test_an_override_within_the_budget_is_taken() -> None:
    changes = [{"proposal_id": "a", "outcome": "reserve"}, {"proposal_id": "c", "outcome": "recommended"}]
    domain.check_changes(OUTCOMES, changes, budget_fen=100, after=40)
    part = [{"proposal_id": "a", "outcome": "recommended", "amount_fen": 30}]
    domain.check_changes(OUTCOMES, part, budget_fen=100, after=30)


def test_two_signatures_are_of_two_people_and_only_the_first_withdraws() -> None:
    domain.check_signer("sign", first="one", actor="two")
    domain.check_signer("reject", first="one", actor="two")
    domain.check_signer("withdraw", first="one", actor="one")
    with pytest.raises(ConflictError, match="decision_override_same_signer"):
        domain.check_signer("sign", first="one", actor="one")
    with pytest.raises(ConflictError, match="decision_override_state_conflict"):
        domain.check_signer("withdraw", first="one", actor="two")


def test_the_next_reserve_moves_up_by_the_same_rule() -> None:
    outcomes = [
        {"proposal_id": "b", "outcome": "reserve", "rank": 2, "amount_fen": 50},
        {"proposal_id": "c", "outcome": "reserve", "rank": 3, "amount_fen": 20},
    ]
    assert domain.next_reserve(outcomes, free_fen=60, rule="rank_until_exhausted") == "b"
    assert domain.next_reserve(outcomes, free_fen=30, rule="rank_until_exhausted") is None
    assert domain.next_reserve(outcomes, free_fen=30, rule="rank_with_skip") == "c"
