"""Windows from opening hours, and a window cut where a part of it is taken. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from chassis.errors import InvalidError
from contracts.resources.codes_stock import StockCode

Window = Mapping[str, datetime]


def expand(
    hours: Sequence[Mapping[str, Any]],
    *,
    first: date,
    last: date,
    blackouts: Collection[date],
    zone: tzinfo,
    most: int,
) -> list[dict[str, datetime]]:
    """A window for each opening of each day from the first to the last, but for the days it is closed."""
    if last < first or (last - first).days > 366:
        raise InvalidError(StockCode.OPENING_INVALID, first=first.isoformat(), last=last.isoformat())
    days = [first + timedelta(number) for number in range((last - first).days + 1)]
    made = [
        {"starts_at": _at(day, one["from_time"], zone), "ends_at": _at(day, one["to_time"], zone)}
        for day in days
        for one in hours
        if day not in blackouts and one["weekday"] == day.isoweekday()
    ]
    if not made or len(made) > most:
        raise InvalidError(StockCode.OPENING_INVALID, windows=len(made), most=most)
    return sorted(made, key=lambda window: window["starts_at"])


def _at(day: date, clock: str, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone)


def check_hours(hours: Sequence[Mapping[str, Any]]) -> None:
    """Each ends after it begins."""
    for one in hours:
        if one["to_time"] <= one["from_time"]:
            raise InvalidError(StockCode.OPENING_INVALID, weekday=one["weekday"])


def cut(window: Window, part: Window) -> list[dict[str, datetime]]:
    """The window as the part and what is left before and after it; ``[]`` where the part does not lie inside."""
    start, end = part["starts_at"], part["ends_at"]
    if not window["starts_at"] <= start < end <= window["ends_at"]:
        return []
    edges = [window["starts_at"], start, end, window["ends_at"]]
    return [{"starts_at": left, "ends_at": right} for left, right in pairwise(edges) if left < right]
