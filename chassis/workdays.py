"""Working days of the Chinese holiday calendar. Years whose holidays are not published yet are "unconfirmed"."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

_SATURDAY = 5


def is_workday(day: date) -> tuple[bool, bool]:
    """``(works, confirmed)``; where the year is not published, Monday to Friday is assumed."""
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < _SATURDAY, False


def is_festival(day: date) -> bool:
    """Whether a public holiday keeps people at home that day: not a plain weekend, not a working day made up for."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(off) and name is not None


def after(start: date, days: int) -> tuple[date, bool]:
    """The ``days``-th working day after ``start``, and whether the calendar up to it is confirmed."""
    day, confirmed, left = start, True, days
    while left > 0:
        day += timedelta(days=1)
        works, known = is_workday(day)
        confirmed = confirmed and known
        left -= works
    return day, confirmed
