"""Activities: transition tables, seats, the code of the moment, the district's numbers (DOMAIN.md, P7). Pure."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chassis import rotating
from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_activities import ActivityCode, AttendanceCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("planned", "change"): "planned",
    ("planned", "sign_up"): "planned",
    ("planned", "withdraw"): "planned",
    ("planned", "issue_list"): "planned",
    ("planned", "open"): "open",
    ("planned", "postpone"): "postponed",
    ("planned", "reschedule"): "planned",
    ("planned", "cancel"): "cancelled",
    ("postponed", "change"): "postponed",
    ("postponed", "withdraw"): "postponed",
    ("postponed", "reschedule"): "planned",
    ("postponed", "cancel"): "cancelled",
    ("open", "sign_up"): "open",
    ("open", "withdraw"): "open",
    ("open", "issue_list"): "open",
    ("open", "check_in"): "open",
    ("open", "upload"): "open",
    ("open", "correct"): "open",
    ("open", "hold"): "held",
    ("open", "cancel"): "cancelled",
    ("held", "upload"): "held",
    ("held", "correct"): "held",
    ("held", "close"): "closed",
    ("closed", "upload"): "closed",
    ("closed", "correct"): "closed",
}
SIGN_UP_TRANSITIONS: dict[tuple[str, str], str] = {
    ("new", "sign_up"): "signed_up",
    ("new", "queue"): "waiting",
    ("new", "attend"): "attended",
    ("withdrawn", "sign_up"): "signed_up",
    ("withdrawn", "queue"): "waiting",
    ("waiting", "seat"): "signed_up",
    ("signed_up", "withdraw"): "withdrawn",
    ("waiting", "withdraw"): "withdrawn",
    ("signed_up", "attend"): "attended",
    ("waiting", "attend"): "attended",
    ("withdrawn", "attend"): "attended",
    ("missed", "attend"): "attended",
    ("lapsed", "attend"): "attended",
    ("signed_up", "miss"): "missed",
    ("waiting", "lapse"): "lapsed",
    ("signed_up", "merge"): "merged",
    ("waiting", "merge"): "merged",
    ("withdrawn", "merge"): "merged",
    ("attended", "merge"): "merged",
    ("missed", "merge"): "merged",
    ("lapsed", "merge"): "merged",
}
TAKES_A_SEAT = ("signed_up", "attended")
MEANS_TO_COME = ("signed_up", "waiting")
DEFAULTS: dict[str, int] = {
    "code_seconds": 30,
    "code_neighbours": 1,
    "code_failures": 5,
    "code_lock_minutes": 10,
    "check_in_before_minutes": 30,
    "check_out_grace_minutes": 30,
    "late_minutes": 15,
    "round_minutes": 1,
    "list_hours": 24,
    "close_days": 7,
    "longest_hours": 24,
}
_PLACES = 3  # about 100 metres, as for service orders
_STALE_WINDOWS = 20  # so many windows back a code is told to be old rather than wrong


def next_status(status: str, action: str) -> str:
    """The activity's state after ``action``; whatever is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ActivityCode.ACTIVITY_STATE, status=status, action=action) from None


def next_sign_up_status(status: str, action: str) -> str:
    """The sign-up's state after ``action``; ``new`` is one that was not written down yet."""
    try:
        return SIGN_UP_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ActivityCode.SIGN_UP_STATE, status=status, action=action) from None


def completed(given: Mapping[str, Any]) -> dict[str, int]:
    """The district's numbers over the defaults."""
    return {**DEFAULTS, **given}


def check_numbers(numbers: Mapping[str, int]) -> None:
    """Who is late must still be able to check in before an activity of the longest kind ends."""
    if numbers["late_minutes"] > numbers["longest_hours"] * 60:
        raise InvalidError(ActivityCode.ACTIVITY_POLICY_INVALID, names=["late_minutes", "longest_hours"])


def check_times(starts_at: datetime, ends_at: datetime, now: datetime, *, longest_hours: int) -> None:
    """It begins in the future and ends after it begins, not longer than the district allows."""
    if not now < starts_at < ends_at <= starts_at + timedelta(hours=longest_hours):
        raise InvalidError(ActivityCode.ACTIVITY_TIME_INVALID, longest_hours=longest_hours)


def check_place(latitude: float | None, longitude: float | None) -> None:
    """Both or neither."""
    if (latitude is None) != (longitude is None):
        raise InvalidError(ActivityCode.ACTIVITY_PLACE_INVALID)


def rounded(degrees: float | None) -> float | None:
    """To three decimals."""
    return None if degrees is None else round(degrees, _PLACES)


def check_reached(now: datetime, at: datetime) -> None:
    """Not before its time."""
    if now < at:
        raise ConflictError(ActivityCode.ACTIVITY_TOO_EARLY, not_before=at.isoformat())


def check_not_over(now: datetime, ends_at: datetime) -> None:
    """Not once it has ended."""
    if now >= ends_at:
        raise ConflictError(ActivityCode.ACTIVITY_STARTED)


def check_not_begun(now: datetime, starts_at: datetime) -> None:
    """Not once it has begun."""
    if now >= starts_at:
        raise ConflictError(ActivityCode.ACTIVITY_STARTED)


def has_seat(taken: int, capacity: int | None) -> bool:
    """Whether there is room for one more."""
    return capacity is None or taken < capacity


def check_seat(taken: int, capacity: int | None) -> None:
    """Raises ``activity_full``."""
    if not has_seat(taken, capacity):
        raise ConflictError(ActivityCode.ACTIVITY_FULL, capacity=capacity)


def check_capacity(taken: int, capacity: int | None) -> None:
    """Nobody loses a seat by a change."""
    if capacity is not None and capacity < taken:
        raise ConflictError(ActivityCode.ACTIVITY_CAPACITY_BELOW, taken=taken)


def is_late(at: datetime, starts_at: datetime, minutes: int) -> bool:
    """After the district's grace."""
    return at > starts_at + timedelta(minutes=minutes)


def check_in_opens(starts_at: datetime, numbers: Mapping[str, int]) -> datetime:
    """From then on one may check in."""
    return starts_at - timedelta(minutes=numbers["check_in_before_minutes"])


def check_in_ends(ends_at: datetime, numbers: Mapping[str, int]) -> datetime:
    """Until then one may check in or out."""
    return ends_at + timedelta(minutes=numbers["check_out_grace_minutes"])


def check_open(at: datetime, *, starts_at: datetime, ends_at: datetime, numbers: Mapping[str, int]) -> None:
    """A while before the beginning until a while after the end."""
    if not check_in_opens(starts_at, numbers) <= at <= check_in_ends(ends_at, numbers):
        raise ConflictError(AttendanceCode.CHECK_IN_CLOSED)


def code_of(secret: str, activity_id: str, window: int) -> str:
    """Six digits of one time window."""
    return rotating.digits_of(secret, activity_id, window)


def entry_pass_of(secret: str, sign_up_id: str) -> str:
    """Ten letters and digits that one person shows at a gate without a network: 50 bits nobody can guess."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = int.from_bytes(hmac.digest(secret.encode(), f"pass\0{sign_up_id}".encode(), "sha256")[:8], "big")
    return "".join(alphabet[number >> shift & 31] for shift in range(0, 50, 5))


def accepted_window(
    given: str,
    *,
    secret: str,
    activity_id: str,
    at: datetime,
    numbers: Mapping[str, int],
    last_used: int | None = None,
) -> int:
    """The time window the code belongs to: this one or a neighbour, and later than the one used last.

    Raises ``check_in_code_invalid``, ``…_expired`` (it was good a short time ago) or ``…_used`` (RFC 6238, 5.2).
    """
    subject, _, code = given.strip().rpartition(".")
    window = rotating.window_of(at, numbers["code_seconds"])
    near = numbers["code_neighbours"]
    order = [window, *(step for back in range(1, near + 1) for step in (window - back, window + back))]
    stale = range(window - near - 1, window - near - 1 - _STALE_WINDOWS, -1)
    found = rotating.matching(code, [*order, *stale], lambda one: code_of(secret, activity_id, one))
    if found is None or subject not in ("", activity_id):
        raise InvalidError(AttendanceCode.CHECK_IN_CODE_INVALID)
    if found not in order:
        raise InvalidError(AttendanceCode.CHECK_IN_CODE_EXPIRED)
    if last_used is not None and found <= last_used:
        raise ConflictError(AttendanceCode.CHECK_IN_CODE_USED)
    return found
