"""Clocks and ranking of service orders: every state that waits has a clock, and declining costs nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.clock import SHANGHAI
from chassis.errors import InvalidError
from services.projects.orders import domain, domain_clocks, domain_policy, domain_ranking
from services.projects.orders.domain_clocks import Hours, Waiting

NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)  # a Thursday, 10:00 in Shanghai
OFFICE = Hours(((8 * 60, 12 * 60), (13 * 60, 17 * 60)))
instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
waits = st.integers(5, 20_000)


def weekday(day: date) -> bool:
    return day.weekday() < 5


policies = st.builds(
    lambda minutes, days, working: domain_policy.policy_from(
        "elder_care",
        {
            "name_zh": "助老",
            "name_en": "Care",
            "offer_minutes": minutes,
            "confirm_days": days,
            "radius_m": 100,
            "open_orders_max": 5,
            "evidence_required": True,
        },
        {
            **{name: minutes for name in domain_policy.MORE if name.endswith("_minutes")},
            **{name: days for name in domain_policy.MORE if name.endswith("_days")},
            "working_time": working,
        },
    ),
    waits,
    st.integers(1, 90),
    st.booleans(),
)


@given(st.sampled_from(domain.STATUSES), policies, instants, st.booleans(), st.none() | instants)
@settings(max_examples=300, deadline=None)
def test_every_state_but_the_final_ones_has_a_clock_that_runs_out_with_a_rule(
    status: str, policy: domain_policy.KindPolicy, now: datetime, redo: bool, ends_at: datetime | None
) -> None:
    waiting = Waiting(status=status, ends_at=ends_at, redo=redo)
    due = domain_clocks.due_at(waiting, policy=policy, now=now, hours=OFFICE, works=weekday)
    if status in domain_clocks.FINAL:
        assert (domain_clocks.clock_of(waiting), due) == (None, None)
        return
    assert due is not None
    assert due > now
    assert domain_clocks.RULES[domain_clocks.clock_of(waiting) or ""]


def test_what_a_clock_does_is_a_step_of_the_table() -> None:
    does = {"expire": "expire", "confirm": "confirm", "seal": "seal", "no_show": "report_no_show", "reoffer": "offer"}
    for status, clock in domain_clocks.CLOCKS.items():
        rule = domain_clocks.RULES[clock]
        if rule != "remind":
            assert (status, does[rule]) in domain.TRANSITIONS, (status, clock)
    assert set(domain_clocks.CLOCKS) | set(domain_clocks.FINAL) == set(domain.STATUSES)
    assert not [status for status, _ in domain.TRANSITIONS if status in domain_clocks.FINAL]


def slow(start: datetime, minutes: int) -> datetime:
    """Minute by minute."""
    at = start
    while minutes:
        local = at.astimezone(SHANGHAI)
        minute = local.hour * 60 + local.minute
        if weekday(local.date()) and any(opens <= minute < closes for opens, closes in OFFICE.workday):
            minutes -= 1
        at += timedelta(minutes=1)
    return at


@given(instants, st.integers(1, 3000))
@settings(max_examples=60, deadline=None)
def test_working_time_counts_open_minutes_alone(start: datetime, minutes: int) -> None:
    start = start.replace(second=0, microsecond=0)
    assert domain_clocks.after(start, minutes, hours=OFFICE, works=weekday) == slow(start, minutes)


@given(instants, waits, waits)
@settings(max_examples=100, deadline=None)
def test_a_longer_clock_never_runs_out_sooner(start: datetime, one: int, other: int) -> None:
    first, second = (domain_clocks.after(start, n, hours=OFFICE, works=weekday) for n in sorted((one, other)))
    assert start < first <= second


def test_hours_that_never_open_do_not_stop_a_clock() -> None:
    never = Hours((), ((0, 60),))
    due = domain_clocks.after(NOW, 60, hours=never, works=lambda _: True)
    assert due == NOW + timedelta(hours=1)


def test_an_appointment_lies_inside_one_span_of_its_day() -> None:
    def inside(start: float, end: float) -> bool:
        return domain_clocks.is_open(
            NOW + timedelta(hours=start), NOW + timedelta(hours=end), hours=OFFICE, works=weekday
        )

    assert inside(0, 2)
    assert inside(-2, 2)
    assert not inside(1, 4)  # over lunch
    assert not inside(48, 49)  # a Saturday
    assert domain_clocks.is_open(NOW, NOW + timedelta(days=3), hours=Hours(), works=weekday)


@pytest.mark.parametrize("spans", [[(10, 10)], [(0, 1441)], [(60, 120), (100, 200)], [(-1, 5)]])
def test_spans_are_in_order_and_within_a_day(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(InvalidError, match="order_hours_invalid"):
        domain_clocks.check_spans(spans)


def test_the_narrowest_hours_hold() -> None:
    rows = [("", "", Hours(((1, 2),))), ("", "k", Hours(((2, 3),))), ("s", "", Hours(((3, 4),)))]
    assert domain_clocks.narrowest(rows, street_code="s", kind="k") == rows[2][2]
    assert domain_clocks.narrowest(rows, street_code="t", kind="k") == rows[1][2]
    assert domain_clocks.narrowest(rows, street_code="t", kind="j") == rows[0][2]
    assert domain_clocks.narrowest([], street_code="s", kind="k").always


def facts(number: int, **given: Any) -> domain_ranking.Facts:
    base: dict[str, Any] = {
        "organisation_id": f"org_{number}",
        "name": "演示",
        "same_street": True,
        "serves_field": True,
        "open_orders": 0,
        "open_orders_max": 5,
        "stars_sum": 0,
        "ratings": 0,
        "answered": 0,
        "lapsed": 0,
        "declined_this": False,
    }
    return domain_ranking.Facts(**{**base, **given})


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 20), st.integers(0, 4))
@settings(max_examples=100)
def test_declining_has_no_consequence(accepted: int, declined: int, lapsed: int, busy: int) -> None:
    """Whoever answered as often stands where they stand, whatever they answered."""
    mixed = facts(1, answered=accepted + declined, lapsed=lapsed, open_orders=busy)
    all_accepted = facts(1, answered=accepted + declined, lapsed=lapsed, open_orders=busy)
    more_declined = facts(1, answered=accepted + declined + 1, lapsed=lapsed, open_orders=busy)
    weights = domain_ranking.DEFAULT_WEIGHTS
    score = domain_ranking.score(domain_ranking.parts_of(mixed), weights)
    assert score == domain_ranking.score(domain_ranking.parts_of(all_accepted), weights)
    if accepted + declined:
        assert domain_ranking.score(domain_ranking.parts_of(more_declined), weights) >= score


def test_the_ranking_prefers_leaves_out_and_explains() -> None:
    rows = [
        facts(1, same_street=False),
        facts(2, open_orders=4),
        facts(3, open_orders=5),
        facts(4, declined_this=True),
        facts(5, preferred=True, same_street=False, serves_field=False),
        facts(6),
    ]
    ranked = domain_ranking.rank(rows, domain_ranking.DEFAULT_WEIGHTS)
    assert [row["organisation_id"] for row in ranked] == ["org_5", "org_6", "org_2", "org_1", "org_4"]
    assert ranked[1]["parts"] == {"street": 100, "field": 100, "load": 100, "rating": 50, "answers": 50}
    assert [row["position"] for row in ranked] == [1, 2, 3, 4, 5]
