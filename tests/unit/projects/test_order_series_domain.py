"""Recurring orders: the transition table, and rules against dateutil and against a plain walk over the days."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, InvalidError
from contracts.projects import order_series as contract
from services.projects.order_series import domain

# drawn again, action by action
EXPECTED = {
    "begin": ({"requested"}, "active"),
    "change": ({"requested", "active", "paused"}, None),
    "pause": ({"active"}, "paused"),
    "resume": ({"paused"}, "active"),
    "end": ({"requested", "active", "paused"}, "ended"),
}


@pytest.mark.parametrize("action", EXPECTED)
@pytest.mark.parametrize("status", contract.STATUSES)
def test_every_pair_of_state_and_action(status: str, action: str) -> None:
    sources, target = EXPECTED[action]
    if status in sources:
        assert domain.next_status(status, action) == (target or status)
    else:
        with pytest.raises(ConflictError, match="order_series_state_conflict"):
            domain.next_status(status, action)


weekdays = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True)
numbers = st.sampled_from([-2, -1, 1, 2, 3, 4, 5])
ordinals = st.one_of(
    st.lists(st.tuples(numbers, st.integers(0, 6)), min_size=1, max_size=4, unique=True),
    st.lists(st.tuples(st.just(0), st.integers(0, 6)), min_size=1, max_size=4, unique=True),
)
month_days = st.lists(st.sampled_from([*range(1, 32), -1]), min_size=1, max_size=5, unique=True)
starts = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@st.composite
def rules(draw: st.DrawFn) -> domain.Rule:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]))
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    if frequency == "WEEKLY" and draw(st.booleans()):
        by_day = tuple((0, day) for day in draw(weekdays))
    if frequency == "MONTHLY":
        kind = draw(st.integers(0, 2))
        by_day = tuple(draw(ordinals)) if kind == 1 else ()
        by_month_day = tuple(draw(month_days)) if kind == 2 else ()
    ends = {"count": draw(st.integers(1, 40))} if draw(st.booleans()) else {"until": draw(starts)}
    return domain.Rule(frequency, draw(st.integers(1, 6)), by_day, by_month_day, **ends)  # type: ignore[arg-type]


def walk(rule: domain.Rule, starts_on: date, until: date) -> list[date]:
    """Day by day, by what the words of RFC 5545 mean; shares no code with the rule."""
    found: list[date] = []
    day = starts_on
    while day <= min(until, rule.until or until) and len(found) < (rule.count or 10**9):
        if _meant(rule, starts_on, day):
            found.append(day)
        day += timedelta(days=1)
    return found


def _meant(rule: domain.Rule, first: date, day: date) -> bool:
    if rule.frequency == "DAILY":
        return (day - first).days % rule.interval == 0
    if rule.frequency == "WEEKLY":
        monday, first_monday = day - timedelta(days=day.weekday()), first - timedelta(days=first.weekday())
        on = {weekday for _, weekday in rule.by_day} or {first.weekday()}
        return (monday - first_monday).days // 7 % rule.interval == 0 and day.weekday() in on
    months = (day.year - first.year) * 12 + day.month - first.month
    if months % rule.interval:
        return False
    length = calendar.monthrange(day.year, day.month)[1]
    if rule.by_day:
        nth, nth_last = (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1)
        return any(day.weekday() == on and number in (0, nth, nth_last) for number, on in rule.by_day)
    return day.day in (rule.by_month_day or (first.day,)) or (day.day == length and -1 in rule.by_month_day)


@given(rules(), starts)
@settings(phases=(Phase.explicit, Phase.reuse, Phase.generate), max_examples=150, deadline=None)
def test_the_days_are_those_a_walk_finds(rule: domain.Rule, starts_on: date) -> None:
    until = starts_on + timedelta(days=900)
    assert domain.days(rule, starts_on, until=until) == walk(rule, starts_on, until)


@given(rules(), starts)
@settings(phases=(Phase.explicit, Phase.reuse, Phase.generate), max_examples=150, deadline=None)
def test_the_text_read_by_dateutil_means_the_same_days(rule: domain.Rule, starts_on: date) -> None:
    until = starts_on + timedelta(days=900)
    assert domain.parse(rule.text()) == rule
    first = datetime.combine(starts_on, time())
    theirs = rrulestr(rule.text(), dtstart=first)
    expected = [one.date() for one in takewhile(lambda one: one.date() <= until, theirs)]
    assert domain.days(rule, starts_on, until=until) == expected


@given(rules(), starts, st.integers(0, 200))
@settings(phases=(Phase.explicit, Phase.reuse, Phase.generate), max_examples=200, deadline=None)
def test_a_rule_that_is_split_loses_and_doubles_no_day(rule: domain.Rule, starts_on: date, number: int) -> None:
    until = starts_on + timedelta(days=900)
    everything = domain.days(rule, starts_on, until=until)
    if not everything or (rule.count and len(everything) < rule.count):
        return
    at = everything[number % len(everything)]
    earlier, later = domain.split(rule, everything, at)
    before = domain.days(earlier, starts_on, until=until) if earlier else []
    after = domain.days(later, at, until=until) if later else []
    assert [*before, *after] == everything


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=YEARLY;COUNT=2",
        "FREQ=DAILY",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=1001",
        "FREQ=DAILY;BYDAY=MO;COUNT=2",
        "FREQ=WEEKLY;BYDAY=1MO;COUNT=2",
        "FREQ=WEEKLY;BYDAY=MO,MO;COUNT=2",
        "FREQ=MONTHLY;BYDAY=1MO,TU;COUNT=2",
        "FREQ=WEEKLY;BYMONTHDAY=1;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=MO;COUNT=2",
        "FREQ=DAILY;FREQ=DAILY;COUNT=2",
        "FREQ=DAILY;BYHOUR=1;COUNT=2",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;INTERVAL=-1;COUNT=2",
    ],
)
def test_what_is_outside_the_subset_is_refused(text: str) -> None:
    with pytest.raises(InvalidError, match="order_series_rule_invalid"):
        domain.parse(text)


def test_a_rule_without_a_day_or_beyond_the_bound_is_refused() -> None:
    start = date(2027, 2, 1)
    domain.check_bounded(domain.parse("FREQ=DAILY;COUNT=31"), start, days_max=30)
    for text in ("FREQ=DAILY;COUNT=32", "FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=12;COUNT=1", "FREQ=DAILY;UNTIL=20270131"):
        with pytest.raises(InvalidError):
            domain.check_bounded(domain.parse(text), start, days_max=30)


def test_on_a_public_holiday_an_occurrence_stays_is_left_out_or_moves() -> None:
    feast = date(2026, 10, 1)

    def settle(rule: str, day: date) -> date | None:
        return domain.settle(day, rule, is_festival=lambda one: one.month == 10 and one.day < 8, is_workday=_works)

    def _works(day: date) -> bool:
        return day.weekday() < 5 and not (day.month == 10 and day.day < 8)

    assert settle("keep", feast) == feast
    assert settle("skip", feast) is None
    assert settle("next_workday", feast) == date(2026, 10, 8)
    assert settle("skip", date(2026, 10, 10)) == date(2026, 10, 10)  # a plain weekend is no holiday


def test_wall_time_in_shanghai() -> None:
    assert domain.instant_of(date(2027, 7, 1), domain.minute_of("09:30")).isoformat() == "2027-07-01T09:30:00+08:00"
    assert domain.clock_text(570) == "09:30"
