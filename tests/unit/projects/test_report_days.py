"""Due days of periodic reports: counted from the anchor, never drifting; the whole table; what must be explained."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis import workdays
from chassis.errors import ConflictError, InvalidError
from contracts.projects import reports as contract
from services.projects.reports import domain

few = settings(max_examples=200, deadline=None)
EXPECTED = {
    "submit": ({"expected", "overdue", "returned"}, {"submitted"}),
    "lapse": ({"expected", "returned"}, {"overdue"}),
    "extend": ({"expected", "overdue", "returned"}, {"expected", "returned"}),
    "return": ({"submitted"}, {"returned"}),
    "accept": ({"submitted"}, {"accepted"}),
    "drop": ({"expected", "overdue", "submitted", "returned"}, {"dropped"}),
}
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))
rhythms = st.sampled_from(["monthly", "quarterly", "weeks"])
rules = st.fixed_dictionaries(
    {
        "rhythm": rhythms,
        "weeks": st.integers(1, 12),
        "due_days": st.integers(0, 40),
        "workday_rule": st.sampled_from(["same", "next", "previous"]),
        "horizon_periods": st.integers(1, 12),
    }
)


@pytest.mark.parametrize("action", domain.ACTIONS)
@pytest.mark.parametrize("status", domain.STATUSES)
def test_every_pair_of_state_and_action(status: str, action: str) -> None:
    sources, targets = EXPECTED[action]
    if status in sources:
        assert domain.next_status(status, action) in targets
    else:
        with pytest.raises(ConflictError, match="report_slot_state_conflict"):
            domain.next_status(status, action)


def test_contract_and_table_name_the_same_states_and_each_has_an_end() -> None:
    assert contract.SLOT_STATUSES == domain.STATUSES
    assert {action for _, action in domain.TRANSITIONS} == set(domain.ACTIONS)
    for status in domain.OPEN:
        assert (status, "drop") in domain.TRANSITIONS


def test_the_end_of_a_month_clamps_and_comes_back() -> None:
    found = [domain.boundary(date(2026, 1, 31), "monthly", 1, k) for k in range(5)]
    assert found == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]
    assert domain.boundary(date(2024, 11, 30), "quarterly", 1, 1) == date(2025, 2, 28)
    assert domain.boundary(date(2023, 11, 29), "quarterly", 1, 1) == date(2024, 2, 29)


@given(days, rhythms, st.integers(1, 12), st.integers(0, 60))
@few
def test_the_kth_boundary_is_the_anchor_plus_k_periods(anchor: date, rhythm: str, weeks: int, k: int) -> None:
    found = domain.boundary(anchor, rhythm, weeks, k)
    if rhythm == "weeks":
        assert found - anchor == timedelta(weeks=weeks * k)
        return
    months = domain.MONTHS[rhythm] * k
    assert (found.year - anchor.year) * 12 + found.month - anchor.month == months
    assert found.day == anchor.day or (found + timedelta(days=1)).day == 1


def slots(given_rules: dict[str, Any], anchor: date, ends_on: date | None) -> list[domain.Slot]:
    return domain.slots(given_rules, anchor=anchor, ends_on=ends_on, milestones=[], works=workdays.is_workday)


@given(rules, days, st.integers(0, 700))
@few
def test_periods_meet_and_cover_the_project(given_rules: dict[str, Any], anchor: date, length: int) -> None:
    ends_on = anchor + timedelta(days=length)
    found = slots(given_rules, anchor, ends_on)
    assert found[0].period_from == anchor
    assert found[-1].period_until == ends_on
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    for before, after in itertools.pairwise(found):
        assert after.period_from == before.period_until + timedelta(days=1)
        assert after.due_on >= before.due_on


@given(rules, days, st.integers(0, 400), st.integers(1, 400))
@few
def test_a_longer_project_moves_no_day_that_was_given(
    given_rules: dict[str, Any], anchor: date, length: int, more: int
) -> None:
    short = slots(given_rules, anchor, anchor + timedelta(days=length))
    long = slots(given_rules, anchor, anchor + timedelta(days=length + more))
    assert [one.due_on for one in long[: len(short)]] == [one.due_on for one in short]


@given(rules, days)
@few
def test_the_published_rule_for_days_off_holds(given_rules: dict[str, Any], anchor: date) -> None:
    for one in slots(given_rules, anchor, None):
        last = domain.boundary(anchor, given_rules["rhythm"], given_rules["weeks"], one.number) - timedelta(days=1)
        plain = last + timedelta(days=given_rules["due_days"])
        if given_rules["workday_rule"] == "same":
            assert one.due_on == plain
            continue
        assert workdays.is_workday(one.due_on)[0]
        sign = 1 if given_rules["workday_rule"] == "next" else -1
        between = [plain + timedelta(days=sign * step) for step in range(abs((one.due_on - plain).days))]
        assert not any(workdays.is_workday(day)[0] for day in between)


def test_a_due_day_in_the_spring_festival_is_the_next_working_day() -> None:
    found = domain.working_day(date(2026, 2, 17), "next", workdays.is_workday)
    assert found[0] > date(2026, 2, 20)


def test_reports_at_milestones_follow_their_days() -> None:
    given_rules = {**domain.DEFAULTS, "rhythm": "milestones", "due_days": 5, "workday_rule": "same"}
    found = domain.slots(
        given_rules,
        anchor=date(2026, 1, 1),
        ends_on=None,
        milestones=[("b", date(2026, 6, 1)), ("a", date(2026, 3, 1))],
        works=workdays.is_workday,
    )
    assert [(one.milestone_id, one.period_from, one.due_on) for one in found] == [
        ("a", date(2026, 1, 1), date(2026, 3, 6)),
        ("b", date(2026, 3, 2), date(2026, 6, 6)),
    ]
    with pytest.raises(InvalidError, match="report_plan_empty"):
        domain.slots(given_rules, anchor=date(2026, 1, 1), ends_on=None, milestones=[], works=workdays.is_workday)


@pytest.mark.parametrize(
    ("new", "fits"), [(date(2026, 4, 11), True), (date(2026, 4, 10), False), (date(2026, 5, 11), False)]
)
def test_an_extension_is_later_and_within_the_policy(new: date, fits: bool) -> None:
    given_days = {"due_on": date(2026, 4, 10), "original_due_on": date(2026, 4, 10), "today": date(2026, 4, 1)}
    if fits:
        domain.check_extension(**given_days, new_due_on=new, days_max=30)
    else:
        with pytest.raises(InvalidError, match="report_extension_invalid"):
            domain.check_extension(**given_days, new_due_on=new, days_max=30)


FIGURES = {
    "activity_count": None,
    "beneficiary_count": 12,
    "service_minutes": None,
    "spending": [{"line": "物资", "amount_fen": 100}],
}
CONTENT = {
    "activity_count": 3,
    "beneficiary_count": 12,
    "service_minutes": 90,
    "spending": [{"line": "物资", "amount_fen": 100}],
    "deviation": "",
}


@pytest.mark.parametrize(
    ("changed", "differing"),
    [
        ({}, []),
        ({"beneficiary_count": 13}, ["beneficiary_count"]),
        ({"spending": []}, ["spending: 物资"]),
        ({"spending": [{"line": "物资", "amount_fen": 99}]}, ["spending: 物资"]),
    ],
)
def test_what_differs_from_the_platform_must_be_explained(changed: dict[str, Any], differing: list[str]) -> None:
    content = {**CONTENT, **changed}
    assert domain.deviations(content, FIGURES) == differing
    if differing:
        with pytest.raises(InvalidError, match="report_deviation_unexplained"):
            domain.check_content(content, FIGURES, lines=["物资"])
        domain.check_content({**content, "deviation": "补录中"}, FIGURES, lines=["物资"])
    else:
        domain.check_content(content, FIGURES, lines=["物资"])


def test_a_line_outside_the_budget_is_refused() -> None:
    with pytest.raises(InvalidError, match="report_line_unknown"):
        domain.check_content(CONTENT, FIGURES, lines=["场地"])
