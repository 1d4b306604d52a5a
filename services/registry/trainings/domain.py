"""Rules of training sessions: states, the code that changes, who is late."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from chassis.errors import ConflictError, InvalidError
from chassis.rotating import digest_of, matching
from chassis.rotating import window_ends as window_ends
from chassis.rotating import window_of as window_of
from contracts.registry.codes_training import TrainingCode
from services.registry.machine import step

STATUSES = ("planned", "published", "closed", "cancelled")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("planned", "change"): "planned",
    ("published", "change"): "published",
    ("planned", "publish"): "published",
    ("planned", "qualify"): "planned",
    ("published", "qualify"): "published",
    ("published", "enrol"): "published",
    ("published", "check_in"): "published",
    ("published", "close"): "closed",
    ("planned", "cancel"): "cancelled",
    ("published", "cancel"): "cancelled",
}
ATTENDANCE_STATUSES = ("enrolled", "withdrawn", "present", "late", "absent")
ATTENDANCE_TRANSITIONS: dict[tuple[str, str], str] = {
    ("enrolled", "withdraw"): "withdrawn",
    ("withdrawn", "enrol"): "enrolled",
    ("enrolled", "arrive"): "present",
    ("enrolled", "arrive_late"): "late",
    ("enrolled", "miss"): "absent",
}
TAKES_A_SEAT = ("enrolled", "present", "late")
CAME = ("present", "late")
_CODE_BYTES = 5  # 40 bits, 8 characters of base32


def next_status(status: str, action: str) -> str:
    """The session's status after ``action``."""
    return step(TRANSITIONS, status, action, TrainingCode.TRAINING_STATE)


def next_attendance_status(status: str, action: str) -> str:
    """The enrolment's status after ``action``."""
    return step(ATTENDANCE_TRANSITIONS, status, action, TrainingCode.TRAINING_ATTENDANCE_STATE)


def check_time(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """It ends after it begins, within a day, and begins in the future."""
    if not (now < starts_at < ends_at <= starts_at + timedelta(days=1)):
        raise InvalidError(TrainingCode.TRAINING_TIME_INVALID)


def check_seat(taken: int, capacity: int) -> None:
    """Room for one more."""
    if taken >= capacity:
        raise ConflictError(TrainingCode.TRAINING_FULL, capacity=capacity)


def check_before(now: datetime, starts_at: datetime) -> None:
    """Not once it has begun."""
    if now >= starts_at:
        raise ConflictError(TrainingCode.TRAINING_STARTED)


def check_begun(now: datetime, starts_at: datetime) -> None:
    """Only once it has begun."""
    if now < starts_at:
        raise ConflictError(TrainingCode.TRAINING_NOT_STARTED)


def check_open(at: datetime, *, starts_at: datetime, ends_at: datetime, minutes_before: int) -> None:
    """Check-in opens before the session and ends with it."""
    if not starts_at - timedelta(minutes=minutes_before) <= at <= ends_at:
        raise ConflictError(TrainingCode.TRAINING_CHECK_IN_CLOSED)


def is_late(at: datetime, starts_at: datetime, grace_minutes: int) -> bool:
    """After the grace."""
    return at > starts_at + timedelta(minutes=grace_minutes)


def code_of(secret: str, training_id: str, window: int) -> str:
    """HMAC-SHA-256 over session and window, its first 40 bits in base32: eight characters people can type."""
    return base64.b32encode(digest_of(secret, training_id, window)[:_CODE_BYTES]).decode()


def check_code(code: str, *, secret: str, training_id: str, at: datetime, seconds: int, earlier: int) -> None:
    """The code of this window, or of the ``earlier`` ones before it: a phone needs a moment."""
    given = code.strip().rpartition(".")[2].upper()
    window = window_of(at, seconds)
    windows = range(window, window - earlier - 1, -1)
    if matching(given, windows, lambda one: code_of(secret, training_id, one)) is None:
        raise InvalidError(TrainingCode.TRAINING_CODE_INVALID)
