"""Rules of activities and attendance: every pair of each table, the code's life, unions of hours, offline merges."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import rotating
from chassis.errors import ConflictError, FootprintError, InvalidError
from services.projects.activities import domain as activities
from services.projects.attendance import domain as attendance
from services.projects.beneficiaries import domain as beneficiaries

MACHINES: dict[str, tuple[Mapping[tuple[str, str], str], Callable[[str, str], str]]] = {
    "activity": (activities.TRANSITIONS, activities.next_status),
    "sign_up": (activities.SIGN_UP_TRANSITIONS, activities.next_sign_up_status),
    "attendance": (attendance.TRANSITIONS, attendance.next_status),
    "correction": (attendance.CORRECTION_TRANSITIONS, attendance.next_correction_status),
    "beneficiary": (beneficiaries.TRANSITIONS, beneficiaries.next_status),
}
START = datetime(2026, 5, 10, 6, 0, tzinfo=UTC)
END = START + timedelta(hours=2)
NUMBERS = activities.DEFAULTS
NEAR = st.timedeltas(min_value=timedelta(hours=-4), max_value=timedelta(hours=6))


@pytest.mark.parametrize("name", MACHINES)
def test_every_pair_is_in_the_table_or_a_conflict(name: str) -> None:
    table, step = MACHINES[name]
    states = {state for state, _ in table} | set(table.values())
    for state, action in itertools.product(states, {action for _, action in table}):
        if (state, action) in table:
            assert step(state, action) == table[state, action]
        else:
            with pytest.raises(ConflictError, match="state_conflict"):
                step(state, action)


def test_nothing_comes_after_a_cancelled_activity_and_a_closed_one_stays_closed() -> None:
    table = activities.TRANSITIONS
    assert not [state for state, _ in table if state == "cancelled"]
    assert {after for (state, _), after in table.items() if state == "closed"} == {"closed"}


def verdict(code: str, at: datetime, **kwargs: Any) -> str:
    """``ok`` or the refusal's code."""
    try:
        activities.accepted_window(code, secret="s", activity_id="act_1", at=at, numbers=NUMBERS, **kwargs)
    except FootprintError as error:
        return error.code
    return "ok"


@given(shown=NEAR, waited=st.integers(-120, 1200))
def test_a_code_lives_from_one_window_before_to_one_after_its_own(shown: timedelta, waited: int) -> None:
    shown_at = START + shown
    at = shown_at + timedelta(seconds=waited)
    seconds = NUMBERS["code_seconds"]
    window = rotating.window_of(shown_at, seconds)
    code = activities.code_of("s", "act_1", window)
    back = rotating.window_of(at, seconds) - window
    near = {activities.code_of("s", "act_1", rotating.window_of(at, seconds) + step) for step in (-1, 0, 1)}
    if code in near:
        assert verdict(code, at) == "ok"
        assert abs(back) <= 1 or len(near) <= 3
    elif 1 < back <= 21:
        assert verdict(code, at) == "check_in_code_expired"
    else:
        assert verdict(code, at) in {"check_in_code_invalid", "check_in_code_expired"}


@given(at=NEAR)
def test_a_code_is_used_once_and_of_its_activity(at: timedelta) -> None:
    now = START + at
    window = rotating.window_of(now, NUMBERS["code_seconds"])
    code = activities.code_of("s", "act_1", window)
    assert verdict(f"act_1.{code}", now) == "ok"
    assert verdict(f"act_2.{code}", now) == "check_in_code_invalid"
    used = activities.accepted_window(code, secret="s", activity_id="act_1", at=now, numbers=NUMBERS)
    assert verdict(code, now, last_used=used) == "check_in_code_used"
    assert verdict(code, now, last_used=used - 1) == "ok"


def test_entry_passes_are_of_one_person_and_one_activity() -> None:
    made = {activities.entry_pass_of(secret, f"sgu_{n}") for secret in "ab" for n in range(500)}
    assert len(made) == 1000
    assert all(len(one) == 10 and not set(one) & set("ILOU") for one in made)


@given(arrived=NEAR, stayed=st.none() | st.timedeltas(timedelta(), timedelta(hours=8)), step=st.integers(1, 60))
def test_what_counts_is_no_more_than_presence_nor_than_the_activity(
    arrived: timedelta, stayed: timedelta | None, step: int
) -> None:
    came = START + arrived
    left = None if stayed is None else came + stayed
    found = attendance.credit(came, left, starts_at=START, ends_at=END, round_minutes=step)
    inside = max(min(left or END, END) - max(came, START), timedelta())
    assert 0 <= found.minutes <= inside // timedelta(minutes=1)
    assert found.minutes % step == 0
    assert inside // timedelta(minutes=1) - found.minutes < step + 2, "two begun minutes and the remainder"
    if found.minutes:
        assert max(came, START) <= found.begins_at < found.ends_at <= min(left or END, END)


MINUTES = st.integers(0, 600)
SPANS = st.lists(st.tuples(MINUTES, MINUTES).map(sorted), max_size=12)


def intervals(spans: list[list[int]]) -> list[attendance.Interval]:
    """From minutes."""
    return [(START + timedelta(minutes=a), START + timedelta(minutes=b)) for a, b in spans]


@given(spans=SPANS)
def test_the_union_counts_each_minute_once(spans: list[list[int]]) -> None:
    covered = {minute for begin, end in spans for minute in range(begin, end)}
    assert attendance.union_minutes(intervals(spans)) == len(covered)


@given(spans=SPANS, order=st.randoms())
def test_the_union_knows_no_order_and_no_repetition(spans: list[list[int]], order: Any) -> None:
    mixed = [*spans, *spans]
    order.shuffle(mixed)
    assert attendance.union_minutes(intervals(mixed)) == attendance.union_minutes(intervals(spans))


REPORT = st.tuples(MINUTES, st.none() | MINUTES).map(
    lambda pair: (
        START + timedelta(minutes=pair[0]),
        None if pair[1] is None else START + timedelta(minutes=pair[0] + pair[1]),
    )
)


@given(reports=st.lists(REPORT, min_size=1, max_size=6), order=st.randoms())
def test_reports_of_one_presence_merge_the_same_in_any_order(reports: list[Any], order: Any) -> None:
    mixed = [*reports, *reports]
    order.shuffle(mixed)
    found = mixed[0]
    for one in mixed[1:]:
        found = attendance.merged_times(found, one)
    departures = [left for _, left in reports if left]
    assert found == (min(came for came, _ in reports), max(departures) if departures else None)


@given(arrived=NEAR, left=st.none() | NEAR)
def test_a_row_is_plausible_within_list_activity_and_past(arrived: timedelta, left: timedelta | None) -> None:
    window = attendance.Window(
        opens_at=START - timedelta(minutes=30),
        ends_at=END + timedelta(minutes=30),
        issued_at=START - timedelta(minutes=10),
        valid_until=END + timedelta(hours=24),
        now=START + timedelta(hours=1),
    )
    row = {"arrived_at": START + arrived, "left_at": None if left is None else START + left}
    good = -timedelta(minutes=10) <= arrived <= timedelta(hours=1)
    good = good and (left is None or arrived <= left <= timedelta(hours=1))
    assert attendance.implausible(row, window) is not good


@pytest.mark.parametrize("status", ["present", "left", "void"])
@pytest.mark.parametrize("wanted", ["present", "left", "void"])
def test_a_correction_finds_its_road_through_the_table(status: str, wanted: str) -> None:
    found = status
    for action in attendance.road(status, wanted):
        found = attendance.next_status(found, action)
    assert found == wanted


def test_a_list_is_signed_and_its_key_leads_back_to_no_secret() -> None:
    said = {"list_id": "ofl_1", "valid_until": "2026-05-10T08:00:00+00:00"}
    signature = attendance.signature_of("s", said)
    attendance.check_signature(signature, attendance.signature_of("s", dict(reversed(said.items()))))
    for other in (attendance.signature_of("t", said), attendance.signature_of("s", {**said, "list_id": "ofl_2"})):
        with pytest.raises(InvalidError, match="offline_list_forged"):
            attendance.check_signature(signature, other)
    keys = {attendance.list_key(secret, one) for secret in "st" for one in ("ofl_1", "ofl_2")}
    assert len(keys) == 4


@pytest.mark.parametrize("health", [False, True])
@pytest.mark.parametrize("under_14", [False, True])
@pytest.mark.parametrize("consent_by", [None, "self", "guardian"])
def test_consent_is_asked_for_what_is_sensitive(health: bool, under_14: bool, consent_by: str | None) -> None:
    good = consent_by == "guardian" or (not under_14 and (not health or consent_by == "self"))
    if good:
        beneficiaries.check_consent(health=health, under_14=under_14, consent_by=consent_by)
    else:
        with pytest.raises(InvalidError, match="beneficiary_consent_missing"):
            beneficiaries.check_consent(health=health, under_14=under_14, consent_by=consent_by)
