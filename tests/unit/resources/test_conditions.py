"""Earmarks and gates, each with its reason; windows of opening hours and their parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import SHANGHAI
from chassis.errors import ConflictError, InvalidError
from contracts.resources.codes_stock import Condition
from services.resources.allocations.domain import check_parts
from services.resources.conditions.domain import Asked, Given, reasons, suits
from services.resources.venues import domain as venues

DAY = date(2026, 4, 1)
PEOPLE = Given(
    kind="volunteers",
    languages=frozenset({"普通话", "英语"}),
    hours_per_week=6,
    availability=({"weekday": 6, "from_time": "09:00", "to_time": "12:00"},),
    qualifications=(
        {"kind": "training", "name": "急救", "valid_until": "2026-04-01"},
        {"kind": "insurance", "name": "意外险", "valid_until": "2026-05-01"},
        {"kind": "certificate", "name": "社工证", "valid_until": None},
    ),
    youngest_age=18,
)
NEED = Asked(organisation_id="org_a", last_day=DAY)


@pytest.mark.parametrize(
    ("offer", "need", "reason"),
    [
        (PEOPLE, {"languages": frozenset({"手语"})}, Condition.LANGUAGE),
        (PEOPLE, {"hours_per_week": 7}, Condition.HOURS_PER_WEEK),
        (PEOPLE, {"times": ({"weekday": 6, "from_time": "11:00", "to_time": "13:00"},)}, Condition.NO_SHARED_TIME),
        (PEOPLE, {"trainings": frozenset({"护理"})}, Condition.TRAINING),
        (PEOPLE, {"trainings": frozenset({"急救"}), "last_day": DAY + timedelta(1)}, Condition.TRAINING),
        (PEOPLE, {"certificates": frozenset({"急救"})}, Condition.CERTIFICATE),
        (PEOPLE, {"insured": True, "last_day": date(2026, 5, 2)}, Condition.INSURANCE),
        (PEOPLE, {"minimum_age": 19}, Condition.AGE),
        (replace(PEOPLE, youngest_age=None), {"minimum_age": 16}, Condition.AGE),
        (replace(PEOPLE, mode="online"), {"mode": "onsite"}, Condition.MODE),
        (Given(kind="know_how", mode="onsite"), {"mode": "online"}, Condition.MODE),
        (Given(kind="venue", capacity=20), {"persons": 21}, Condition.CAPACITY),
        (Given(kind="funds", organisations=frozenset({"org_b"})), {}, Condition.EARMARKED_ORGANISATION),
        (Given(kind="funds", groups=frozenset({"老人"})), {"groups": frozenset({"儿童"})}, Condition.EARMARKED_GROUP),
    ],
)
def test_each_condition_has_its_reason(offer: Given, need: dict[str, Any], reason: Condition) -> None:
    assert reasons(offer, replace(NEED, **need)) == [reason]


@pytest.mark.parametrize(
    ("offer", "need"),
    [
        (PEOPLE, {}),
        (PEOPLE, {"trainings": frozenset({"急救"}), "insured": True, "minimum_age": 18}),
        (PEOPLE, {"times": ({"weekday": 6, "from_time": "09:30", "to_time": "12:00"},), "hours_per_week": 6}),
        (PEOPLE, {"certificates": frozenset({"社工证"}), "languages": frozenset({"英语"})}),
        (Given(kind="venue"), {"persons": 500}),
        (Given(kind="materials", mode="online"), {"mode": "onsite", "minimum_age": 90, "insured": True}),
        (Given(kind="funds", organisations=frozenset({"org_a"})), {}),
    ],
)
def test_what_is_not_said_binds_nothing(offer: Given, need: dict[str, Any]) -> None:
    assert reasons(offer, replace(NEED, **need)) == []


def window(start: int, end: int) -> dict[str, datetime]:
    noon = datetime(2026, 4, 1, tzinfo=UTC)
    return {"starts_at": noon + timedelta(hours=start), "ends_at": noon + timedelta(hours=end)}


@given(st.integers(0, 20), st.integers(0, 20), st.integers(-2, 22), st.integers(-2, 22))
def test_a_window_is_cut_without_loss_or_overlap(start: int, end: int, left: int, right: int) -> None:
    pieces = venues.cut(window(start, end), window(left, right))
    if not start <= left < right <= end:
        assert pieces == []
        return
    assert window(left, right) in pieces
    assert pieces[0]["starts_at"] == window(start, end)["starts_at"]
    assert pieces[-1]["ends_at"] == window(start, end)["ends_at"]
    assert all(before["ends_at"] == after["starts_at"] for before, after in pairwise(pieces))
    assert all(piece["starts_at"] < piece["ends_at"] for piece in pieces)


def test_opening_hours_become_windows_but_for_blackouts() -> None:
    hours = [
        {"weekday": 6, "from_time": "14:00", "to_time": "17:00"},
        {"weekday": 6, "from_time": "09:00", "to_time": "11:30"},
    ]
    bounds: dict[str, Any] = {"first": DAY, "last": date(2026, 4, 30), "zone": SHANGHAI, "most": 200}
    made = venues.expand(hours, blackouts={date(2026, 4, 18)}, **bounds)
    assert [one["starts_at"].isoformat() for one in made[:2]] == [
        "2026-04-04T09:00:00+08:00",
        "2026-04-04T14:00:00+08:00",
    ]
    assert {one["starts_at"].day for one in made} == {4, 11, 25}
    for wrong in ({"last": DAY - timedelta(1)}, {"most": 5}, {"last": DAY}, {"last": DAY + timedelta(400)}):
        with pytest.raises(InvalidError, match="opening_invalid"):
            venues.expand(hours, blackouts=(), **{**bounds, **wrong})
    with pytest.raises(InvalidError, match="opening_invalid"):
        venues.check_hours([{"weekday": 1, "from_time": "12:00", "to_time": "12:00"}])


def test_parts_are_as_many_as_asked_for_and_do_not_overlap() -> None:
    check_parts([window(3, 4), window(1, 2)], 2)
    for parts, quantity in (([window(1, 2)], 2), ([window(1, 3), window(2, 4)], 2), ([window(2, 2)], 1)):
        with pytest.raises((InvalidError, ConflictError), match="window_part_outside"):
            check_parts(parts, quantity)


@given(st.integers(0, 200), st.integers(1, 60), st.integers(1, 7), st.integers(0, 22), st.integers(1, 23))
def test_a_window_suits_where_it_holds_a_time_of_the_week(
    start: int, length: int, weekday: int, begin: int, until: int
) -> None:
    asked = {"weekday": weekday, "from_time": f"{begin:02}:00", "to_time": f"{max(until, begin + 1):02}:00"}
    opens, closes = window(start, start + length).values()
    hours = {(opens + timedelta(hours=n)).astimezone(SHANGHAI) for n in range(length)}
    wanted = range(begin, max(until, begin + 1))
    days = {hour.date() for hour in hours if hour.isoweekday() == weekday}
    held = any(all(any((h.date(), h.hour) == (day, hour) for h in hours) for hour in wanted) for day in days)
    assert suits([asked], opens, closes) == held
    assert suits([], opens, closes)
