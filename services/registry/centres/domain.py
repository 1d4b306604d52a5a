"""Rules of centres: states, opening hours by the holiday calendar, periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_base import BaseCode

STATUSES = ("preparing", "open", "suspended", "closed")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("preparing", "open"): "open",
    ("preparing", "close"): "closed",
    ("open", "suspend"): "suspended",
    ("open", "close"): "closed",
    ("suspended", "resume"): "open",
    ("suspended", "close"): "closed",
}
AGREEMENT_STATUSES = ("agreed", "ended", "annulled")
AGREEMENT_TRANSITIONS: dict[tuple[str, str], str] = {
    ("agreed", "end"): "ended",
    ("agreed", "annul"): "annulled",  # it had not begun
}
Spans = list[tuple[int, int]]
DAY_MINUTES = 24 * 60


def next_status(status: str, action: str) -> str:
    """The centre's status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(BaseCode.CENTRE_STATE, status=status, action=action) from None


def check_place(kind: str, street_code: str | None) -> None:
    """The park is the district's, a street's centre the street's."""
    if (kind == "street") != (street_code is not None):
        raise InvalidError(BaseCode.CENTRE_PLACE_INVALID, kind=kind)


def check_services(services: Iterable[Mapping[str, Any]]) -> None:
    """Each service once."""
    codes = [service["code"] for service in services]
    if len(set(codes)) != len(codes):
        raise InvalidError(BaseCode.CENTRE_SERVICES_INVALID)


def check_hours(hours: Mapping[str, Any]) -> None:
    """Spans are in order and do not overlap; a day is named once."""
    named = [str(one["on"]) for one in hours["exceptions"]]
    if len(set(named)) != len(named):
        raise InvalidError(BaseCode.CENTRE_HOURS_INVALID)
    for spans in (hours["workday"], hours["restday"], *(one["spans"] for one in hours["exceptions"])):
        last = 0
        for start, end in minutes(spans):
            if not last <= start < end:
                raise InvalidError(BaseCode.CENTRE_HOURS_INVALID)
            last = end


def minutes(spans: Iterable[Mapping[str, str]]) -> Spans:
    """``09:30`` is minute 570 of the day."""
    return [(_minute(span["from"]), _minute(span["until"])) for span in spans]


def _minute(text: str) -> int:
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def spans_on(hours: Mapping[str, Any], day: date, *, workday: bool) -> tuple[list[Mapping[str, str]], str]:
    """When a centre is open on a day, and the note where that day is named; working days include make-up Saturdays."""
    for one in hours["exceptions"]:
        if str(one["on"]) == day.isoformat():
            return list(one["spans"]), str(one["note"])
    return list(hours["workday" if workday else "restday"]), ""


def is_open(spans: Spans, start: int, end: int) -> bool:
    """The whole time lies inside one span; spans that touch are one."""
    reach = start
    for opens, closes in spans:
        if opens <= reach < closes:
            reach = closes
    return reach >= end


def check_period(from_on: date, until_on: date | None) -> None:
    """A period has one day at least; both days belong to it."""
    if until_on is not None and until_on < from_on:
        raise InvalidError(BaseCode.PERIOD_INVALID, from_on=from_on.isoformat(), until_on=until_on.isoformat())


def overlaps(periods: Sequence[tuple[date, date | None]], from_on: date, until_on: date | None) -> bool:
    """Whether any of the periods shares a day with the one asked for; an open end lasts for ever."""
    last = until_on or date.max
    return any(start <= last and from_on <= (end or date.max) for start, end in periods)


def ending(from_on: date, agreed_until: date, until_on: date) -> str:
    """Whether an agreement that should last until ``agreed_until`` ends early or never began."""
    if until_on > agreed_until:
        raise InvalidError(BaseCode.PERIOD_INVALID, from_on=from_on.isoformat(), until_on=until_on.isoformat())
    return "end" if until_on >= from_on else "annul"


def next_agreement_status(status: str, action: str, *, ended: BaseCode) -> str:
    """The status of a contract or entrustment after ``action``; ``ended``: what the conflict is called."""
    try:
        return AGREEMENT_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ended, status=status, action=action) from None
