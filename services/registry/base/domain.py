"""Rules of bookings (基地管理办法): times, opening hours, who may, and what becomes of a booking. Times are UTC."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from chassis import clock
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.registry.codes_base import BaseCode

STATUSES = ("requested", "booked", "in_use", "finished", "cancelled", "declined", "lapsed", "no_show")
# These keep a room from others; the database refuses two that share an instant.
HOLDING = ("requested", "booked", "in_use", "finished")
OPEN = ("requested", "booked", "in_use")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("requested", "approve"): "booked",
    ("requested", "decline"): "declined",
    ("requested", "cancel"): "cancelled",
    ("requested", "lapse"): "lapsed",  # nobody decided before it began
    ("booked", "cancel"): "cancelled",
    ("booked", "check_in"): "in_use",
    ("booked", "miss"): "no_show",  # what is left of the time is free again
    ("in_use", "finish"): "finished",
}
SPACE_TRANSITIONS: dict[tuple[str, str], str] = {("open", "close"): "closed", ("closed", "open"): "open"}
_MINUTE = timedelta(minutes=1)


def next_status(status: str, action: str) -> str:
    """The booking's status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(BaseCode.BOOKING_STATE, status=status, action=action) from None


def next_space_status(status: str, wanted: str) -> str:
    """The room's status when it should be ``open`` or ``closed``; a room that is closed cannot be closed again."""
    action = {"closed": "close", "open": "open"}[wanted]
    try:
        return SPACE_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(BaseCode.SPACE_STATE, status=status, action=action) from None


def check_times(
    starts_at: datetime, ends_at: datetime, now: datetime, *, step: int, longest: int, days_ahead: int
) -> tuple[date, int, int]:
    """The day in Shanghai, and the first and last minute of it; ``step`` and ``longest`` in minutes.

    A booking lies ahead, within one day, on multiples of the step, and is neither too long nor too far away.
    """
    day = clock.day_of(starts_at)
    midnight = clock.end_of(day - timedelta(days=1))
    start, end = (starts_at - midnight) / _MINUTE, (ends_at - midnight) / _MINUTE
    if starts_at < now or not start < end <= 24 * 60 or start % step or end % step:
        raise InvalidError(BaseCode.BOOKING_TIME_INVALID, step_minutes=step)
    if end - start > longest:
        raise InvalidError(BaseCode.BOOKING_TOO_LONG, longest_minutes=longest)
    if day > clock.day_of(now) + timedelta(days=days_ahead):
        raise InvalidError(BaseCode.BOOKING_TOO_EARLY, days_ahead=days_ahead)
    return day, int(start), int(end)


def check_role(role: str, allowed: Sequence[str], of_space: Sequence[str]) -> None:
    """The rules of the base name who may book; a room may be stricter."""
    if role not in allowed or (of_space and role not in of_space):
        raise ForbiddenError(BaseCode.BOOKING_ROLE_FORBIDDEN, role=role)


def check_people(people: int, capacity: int) -> None:
    """Nobody stands."""
    if people > capacity:
        raise InvalidError(BaseCode.BOOKING_TOO_MANY_PEOPLE, people=people, capacity=capacity)


def check_record(open_bookings: int, *, most: int, no_shows: int, no_shows_allowed: int) -> None:
    """An organisation holds only so many bookings, and none after too many no-shows."""
    if no_shows >= no_shows_allowed:
        raise ConflictError(BaseCode.BOOKING_BARRED, no_shows=no_shows, allowed=no_shows_allowed)
    if open_bookings >= most:
        raise ConflictError(BaseCode.BOOKING_LIMIT, open=open_bookings, most=most)


def check_free(taken: Collection[tuple[datetime, datetime]], starts_at: datetime, ends_at: datetime) -> None:
    """No other booking shares an instant; one may begin when another ends."""
    if any(start < ends_at and starts_at < end for start, end in taken):
        raise ConflictError(BaseCode.BOOKING_TAKEN)


def no_show_at(starts_at: datetime, ends_at: datetime, *, grace_minutes: int) -> datetime:
    """When somebody who has not come is taken to stay away."""
    return min(starts_at + grace_minutes * _MINUTE, ends_at)


def check_arrival(starts_at: datetime, now: datetime, *, grace_minutes: int) -> None:
    """One may check in as many minutes before the start as one may be late."""
    if now < starts_at - grace_minutes * _MINUTE:
        raise ConflictError(BaseCode.BOOKING_NOT_STARTED, starts_at=starts_at.isoformat())


def due(status: str, now: datetime, *, starts_at: datetime, ends_at: datetime, no_show_at: datetime) -> str | None:
    """What time itself does to a booking."""
    if status == "requested" and now >= starts_at:
        return "lapse"
    if status == "booked" and now >= no_show_at:
        return "miss"
    return "finish" if status == "in_use" and now >= ends_at else None


def percent(part: int, whole: int) -> float:
    """Of the whole, to one decimal; 0 of nothing."""
    return round(100 * part / whole, 1) if whole else 0.0
