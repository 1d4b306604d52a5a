"""Changes and early ends: the whole tables, who decides and is heard, what a settlement adds up to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.projects import changes as changes_contract
from contracts.projects import endings as contract
from services.projects.changes import domain as changes
from services.projects.endings import domain

few = settings(max_examples=200, deadline=None)
EXPECTED = {
    "answer": ({"proposed"}, "answered"),
    "approve": ({"proposed", "answered"}, "approved"),
    "refuse": ({"proposed", "answered"}, "refused"),
    "withdraw": ({"proposed", "answered"}, "withdrawn"),
}
CHANGES = {
    "request": ({"new"}, "requested"),
    "tell": ({"new"}, "told"),
    "approve": ({"requested"}, "approved"),
    "refuse": ({"requested"}, "refused"),
    "withdraw": ({"requested"}, "withdrawn"),
}
DAY = date(2026, 5, 8)


@pytest.mark.parametrize("action", domain.ACTIONS)
@pytest.mark.parametrize("status", domain.STATUSES)
def test_every_pair_of_an_early_end(status: str, action: str) -> None:
    sources, target = EXPECTED[action]
    if status in sources:
        assert domain.next_status(status, action) == target
    else:
        with pytest.raises(ConflictError, match="termination_state_conflict"):
            domain.next_status(status, action)


@pytest.mark.parametrize("action", changes.ACTIONS)
@pytest.mark.parametrize("status", ["new", *changes.STATUSES])
def test_every_pair_of_a_change(status: str, action: str) -> None:
    sources, target = CHANGES[action]
    if status in sources:
        assert changes.next_status(status, action) == target
    else:
        with pytest.raises(ConflictError, match="project_change_state_conflict"):
            changes.next_status(status, action)


def test_contracts_and_tables_name_the_same_states_and_kinds() -> None:
    assert contract.STATUSES == domain.STATUSES
    assert changes_contract.STATUSES == changes.STATUSES
    assert set(changes_contract.KINDS) == set(changes.PARTS) == set(changes.DEFAULTS["deciders"])
    assert set(changes.DEFAULTS["deciders"].values()) <= set(changes_contract.DECIDERS)


def test_a_change_names_its_own_parts_and_only_what_differs() -> None:
    plan = {"targets": "一百人", "beneficiary_count": 100}
    found = changes.difference("targets", plan, {"targets": "一百人", "beneficiary_count": 120})
    assert found == [{"part": "beneficiary_count", "before": 100, "after": 120}]
    with pytest.raises(InvalidError, match="project_change_empty"):
        changes.difference("targets", plan, {"targets": "一百人"})
    for wrong in ({}, {"place": "广场"}):
        with pytest.raises(InvalidError, match="project_change_invalid"):
            changes.difference("targets", plan, wrong)


@pytest.mark.parametrize(
    ("ends_on", "code"),
    [
        (date(2026, 8, 1), None),
        (date(2026, 8, 2), "project_extension_too_long"),
        (date(2026, 5, 7), "project_change_invalid"),
    ],
)
def test_the_first_end_counts_for_every_extension(ends_on: date, code: str | None) -> None:
    given_days = {"first_end": date(2026, 6, 2), "ends_on": ends_on, "today": DAY, "days_max": 60}
    if code is None:
        changes.check_extension(**given_days)  # type: ignore[arg-type]
    else:
        with pytest.raises((ConflictError, InvalidError), match=code):
            changes.check_extension(**given_days)  # type: ignore[arg-type]


def test_the_street_does_not_decide_what_is_the_bureaus() -> None:
    changes.check_decider(decider="street", is_bureau=False)
    changes.check_decider(decider="bureau", is_bureau=True)
    with pytest.raises(ForbiddenError, match="project_change_needs_bureau"):
        changes.check_decider(decider="bureau", is_bureau=False)


@pytest.mark.parametrize(
    ("cause", "proposed_by", "agrees", "today", "code"),
    [
        ("agreement", "funder", True, DAY, None),
        ("agreement", "funder", None, date(2030, 1, 1), "termination_unagreed"),
        ("agreement", "funder", False, DAY, "termination_unagreed"),
        ("agreement", "organisation", None, DAY, None),
        ("breach", "funder", None, DAY, "termination_unheard"),
        ("breach", "funder", None, date(2026, 5, 9), None),
        ("breach", "funder", False, DAY, None),
        ("force_majeure", "organisation", None, DAY, None),
    ],
)
def test_who_is_heard(cause: str, proposed_by: str, agrees: bool | None, today: date, code: str | None) -> None:
    facts: dict[str, Any] = {"cause": cause, "proposed_by": proposed_by, "agrees": agrees, "today": today}
    if code is None:
        domain.check_heard(**facts, hear_until_on=DAY)
    else:
        with pytest.raises(ConflictError, match=code):
            domain.check_heard(**facts, hear_until_on=DAY)


def test_nobody_accuses_themselves_and_the_other_side_answers() -> None:
    domain.check_cause(cause="breach", side="funder")
    with pytest.raises(ForbiddenError, match="termination_cause_forbidden"):
        domain.check_cause(cause="breach", side="organisation")
    with pytest.raises(ForbiddenError, match="termination_own_answer"):
        domain.check_answer(proposed_by="funder", side="funder")
    with pytest.raises(ForbiddenError, match="termination_own_answer"):
        domain.check_withdrawal(proposed_by="funder", side="organisation")


payments = st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(1, 1000)), max_size=8)


@given(payments, st.sets(st.integers(0, 7)), st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
@few
def test_a_settlement_adds_up(rows: list[tuple[str, int]], out: set[int], paid: int, back: int, more: int) -> None:
    spendings = [(f"spd_{number}", line, amount) for number, (line, amount) in enumerate(rows)]
    refused = [{"spending_id": f"spd_{number}", "reason": "无票据"} for number in sorted(out) if number < len(rows)]
    returned = min(back, paid)
    found = domain.settlement(
        budget=[{"line": "甲", "amount_fen": 100}],
        spendings=spendings,
        disallowed=refused,
        award_fen=paid + more,
        paid_fen=paid,
        returned_fen=returned,
    )
    allowed = sum(amount for number, (_, amount) in enumerate(rows) if number not in out)
    assert found["allowed_fen"] == sum(line["allowed_fen"] for line in found["lines"]) == allowed
    assert found["spent_fen"] == sum(line["spent_fen"] for line in found["lines"]) == sum(row[1] for row in rows)
    assert found["recover_fen"] == max(paid - returned - allowed, 0) <= paid - returned
    assert found["released_fen"] == more


def test_a_payment_of_another_project_is_not_disallowed() -> None:
    facts: dict[str, Any] = {"budget": [], "spendings": [("spd_1", "甲", 5)], "award_fen": 9, "paid_fen": 5}
    for wrong in (["spd_2"], ["spd_1", "spd_1"]):
        refused = [{"spending_id": one, "reason": "无票据"} for one in wrong]
        with pytest.raises(InvalidError, match="disallowed_spending_invalid"):
            domain.settlement(**facts, returned_fen=0, disallowed=refused)


def test_a_checklist_names_everything_at_once() -> None:
    found = domain.checklist({**dict.fromkeys(domain.TEXTS, ()), "milestones": ["2 终期"], "unspent": ["1.00"]})
    assert [one["key"] for one in found if not one["met"]] == ["milestones", "unspent"]
    assert len(found) == len(domain.TEXTS)
