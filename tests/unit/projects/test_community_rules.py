"""Community projects: the whole tables, the budget, the period."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, InvalidError
from contracts.projects import community as contract
from services.projects.community import domain
from services.projects.orders import domain as orders

EXPECTED = {
    "change": {"draft": "draft"},
    "plan": {"draft": "draft", "published": "published", "running": "running"},
    "publish": {"draft": "published"},
    "order": {"published": "published", "running": "running"},
    "interest": {"published": "published", "running": "running"},
    "start": {"published": "running"},
    "hold": {"running": "running"},
    "spend": {"running": "running", "completed": "completed"},
    "complete": {"running": "completed"},
    "close": {"completed": "closed"},
    "cancel": {"draft": "cancelled", "published": "cancelled", "running": "cancelled"},
}
SESSIONS = {
    "change": {"planned": "planned"},
    "order": {"planned": "planned"},
    "hold": {"planned": "held"},
    "spend": {"planned": "planned", "held": "held"},
    "cancel": {"planned": "cancelled"},
}


@pytest.mark.parametrize("action", domain.ACTIONS)
@pytest.mark.parametrize("status", domain.STATUSES)
def test_every_pair_of_state_and_action(status: str, action: str) -> None:
    if status in EXPECTED[action]:
        assert domain.next_status(status, action) == EXPECTED[action][status]
    else:
        with pytest.raises(ConflictError, match="community_project_state_conflict"):
            domain.next_status(status, action)


@pytest.mark.parametrize("action", domain.SESSION_ACTIONS)
@pytest.mark.parametrize("status", domain.SESSION_STATUSES)
def test_every_pair_of_a_session(status: str, action: str) -> None:
    if status in SESSIONS[action]:
        assert domain.next_session_status(status, action) == SESSIONS[action][status]
    else:
        with pytest.raises(ConflictError, match="community_session_state_conflict"):
            domain.next_session_status(status, action)


def test_contract_and_tables_name_the_same_states_and_none_is_a_dead_end_but_the_last() -> None:
    assert contract.STATUSES == domain.STATUSES
    assert contract.SESSION_STATUSES == domain.SESSION_STATUSES
    leaving = {before for (before, _), after in domain.TRANSITIONS.items() if before != after}
    assert set(domain.STATUSES) - leaving == {"closed", "cancelled"}
    assert set(domain.ORDERS_OVER) <= set(orders.STATUSES)


lines = st.lists(
    st.fixed_dictionaries({"line": st.sampled_from("甲乙丙丁"), "amount_fen": st.integers(-1, 5)}), max_size=5
)


@given(lines, st.integers(0, 12))
@settings(max_examples=300, deadline=None)
def test_a_budget_is_taken_exactly_when_it_adds_up(rows: list[dict[str, Any]], budget: int) -> None:
    distinct = len({row["line"] for row in rows}) == len(rows)
    fits = distinct and sum(row["amount_fen"] for row in rows) == budget and all(row["amount_fen"] > 0 for row in rows)
    if fits:
        domain.check_budget(rows, budget)
    else:
        with pytest.raises(InvalidError, match="community_budget_invalid"):
            domain.check_budget(rows, budget)


@pytest.mark.parametrize(
    ("line", "spent", "amount", "code"),
    [
        ("物资", 60, 40, None),
        ("物资", 60, 41, "community_budget_exceeded"),
        ("场地", 0, 1, "community_line_unknown"),
        ("物资", 0, 0, "community_budget_invalid"),
    ],
)
def test_a_line_is_never_overspent(line: str, spent: int, amount: int, code: str | None) -> None:
    budget = [{"line": "物资", "amount_fen": 100}]
    if code is None:
        domain.check_line(budget, line=line, spent_fen=spent, amount_fen=amount)
    else:
        with pytest.raises((ConflictError, InvalidError), match=code):
            domain.check_line(budget, line=line, spent_fen=spent, amount_fen=amount)


def test_a_session_lies_within_its_project() -> None:
    noon = datetime(2026, 5, 1, 4, tzinfo=UTC)
    period = {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 5, 31)}
    inside = {"first": date(2026, 5, 1), "last": date(2026, 5, 31)}
    domain.check_session_time(noon, noon + timedelta(hours=1), **inside, **period)
    for start, end, span in (
        (noon, noon, inside),
        (noon, noon + timedelta(hours=1), {**inside, "first": date(2026, 4, 30)}),
        (noon, noon + timedelta(hours=1), {**inside, "last": date(2026, 6, 1)}),
    ):
        with pytest.raises(InvalidError, match="community_period_invalid"):
            domain.check_session_time(start, end, **span, **period)


def test_what_keeps_a_draft_from_being_published_is_told_at_once() -> None:
    with pytest.raises(ConflictError, match="community_project_unready") as refused:
        domain.check_publication(sessions=0, ends_on=date(2026, 5, 1), today=date(2026, 5, 2))
    assert len(refused.value.details["problems"]) == 2


def test_a_project_is_complete_when_nothing_is_under_way() -> None:
    domain.check_completion(sessions_open=0, orders_by_status={"rated": 2, "cancelled": 1})
    with pytest.raises(ConflictError, match="community_sessions_open"):
        domain.check_completion(sessions_open=1, orders_by_status={})
    with pytest.raises(ConflictError, match="community_orders_open") as refused:
        domain.check_completion(sessions_open=0, orders_by_status={"rated": 2, "disputed": 1})
    assert refused.value.details["open"] == {"disputed": 1}


def test_a_mean_has_two_places() -> None:
    assert [domain.two_places(9, 2), domain.two_places(14, 3), domain.two_places(0, 0)] == ["4.50", "4.67", None]
