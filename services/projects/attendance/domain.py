"""Attendance: transition tables, what counts of a presence, unions of intervals, rows from offline. Pure."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_activities import AttendanceCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("present", "leave"): "left",
    ("present", "correct"): "present",
    ("present", "depart"): "left",
    ("present", "void"): "void",
    ("present", "merge"): "merged",
    ("left", "correct"): "left",
    ("left", "stay"): "present",
    ("left", "void"): "void",
    ("left", "merge"): "merged",
    ("void", "restore"): "present",
    ("void", "merge"): "merged",
}
CORRECTION_TRANSITIONS: dict[tuple[str, str], str] = {
    ("new", "apply"): "applied",
    ("new", "propose"): "proposed",
    ("proposed", "approve"): "applied",
    ("proposed", "refuse"): "refused",
}
CAME = ("present", "left")
_MINUTE = timedelta(minutes=1)
Interval = tuple[datetime, datetime]


def next_status(status: str, action: str) -> str:
    """The record's state after ``action``; whatever is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(AttendanceCode.ATTENDANCE_STATE, status=status, action=action) from None


def next_correction_status(status: str, action: str) -> str:
    """The correction's state after ``action``; ``new`` is one that was not written down yet."""
    try:
        return CORRECTION_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(AttendanceCode.CORRECTION_STATE, status=status, action=action) from None


@dataclass(frozen=True)
class Credit:
    """What counts of one presence: whole minutes from one instant to another."""

    begins_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        return (self.ends_at - self.begins_at) // _MINUTE


def credit(
    arrived_at: datetime, left_at: datetime | None, *, starts_at: datetime, ends_at: datetime, round_minutes: int
) -> Credit:
    """The presence inside the activity; whoever did not check out stayed until its end.

    The published rule: begun minutes at the beginning and at the end do not count, and of the whole minutes
    between them a remainder below ``round_minutes`` is dropped.
    """
    begin = _ceil(max(arrived_at, starts_at))
    end = _floor(min(left_at or ends_at, ends_at))
    whole = max((end - begin) // _MINUTE, 0)
    return Credit(begin, begin + _MINUTE * (whole - whole % round_minutes))


def _floor(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _ceil(at: datetime) -> datetime:
    floor = _floor(at)
    return floor if floor == at else floor + _MINUTE


def union_minutes(intervals: Iterable[Interval]) -> int:
    """Minutes that at least one of the intervals covers: overlapping presences count once."""
    total, covered_until = timedelta(), None
    for begin, end in sorted(intervals):
        if covered_until is not None:
            begin = max(begin, covered_until)
        if end > begin:
            total += end - begin
            covered_until = end
    return total // _MINUTE


def check_order(arrived_at: datetime, left_at: datetime | None) -> None:
    """Nobody leaves before coming."""
    if left_at is not None and left_at < arrived_at:
        raise InvalidError(AttendanceCode.ATTENDANCE_TIME_INVALID)


def check_inside(at: datetime | None, *, opens_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Within the time of check-in, and not in the future."""
    if at is not None and not (opens_at <= at <= min(ends_at, now)):
        raise InvalidError(AttendanceCode.ATTENDANCE_TIME_INVALID)


def merged_times(first: tuple[datetime, datetime | None], second: tuple[datetime, datetime | None]) -> Any:
    """Two reports of one presence: the earliest arrival, the latest departure anybody saw."""
    departures = [left for _, left in (first, second) if left is not None]
    return min(first[0], second[0]), max(departures) if departures else None


@dataclass(frozen=True)
class Window:
    """Between which instants a row of an offline list can be true."""

    opens_at: datetime
    ends_at: datetime
    issued_at: datetime
    valid_until: datetime
    now: datetime

    def allows(self, at: datetime) -> bool:
        earliest = max(self.opens_at, self.issued_at)
        return earliest <= at <= min(self.ends_at, self.valid_until, self.now)


def implausible(row: Mapping[str, Any], window: Window) -> bool:
    """Whether a row tells of an instant at which nobody could come or go."""
    arrived, left = row["arrived_at"], row.get("left_at")
    return (
        not window.allows(arrived)
        or (left is not None and not arrived <= left <= window.ends_at)
        or (left is not None and left > window.now)
    )


def list_key(secret: str, list_id: str) -> str:
    """The key that one list verifies entry passes with; it leads back to no secret."""
    return hmac.new(secret.encode(), f"list\0{list_id}".encode(), "sha256").hexdigest()


def verifier_of(key: str, entry_pass: str) -> str:
    """What the phone compares: HMAC-SHA-256 of the pass under the list's key."""
    return hmac.new(bytes.fromhex(key), entry_pass.encode(), "sha256").hexdigest()


def signature_of(secret: str, signed: Mapping[str, Any]) -> str:
    """HMAC-SHA-256 over what a list says of itself, in canonical JSON."""
    text = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(secret.encode(), b"offline list\0" + text.encode(), "sha256").hexdigest()


def check_signature(given: str, wanted: str) -> None:
    """The list is the one that was issued."""
    if not hmac.compare_digest(given, wanted):
        raise InvalidError(AttendanceCode.OFFLINE_LIST_FORGED)


def digest_of(rows: Iterable[Iterable[Any]]) -> str:
    """SHA-256 over rows, for the trail: times as UTC text."""
    plain = [[_text(value) for value in row] for row in rows]
    text = json.dumps(sorted(plain, key=str), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def check_second(*, first: str | None, second: str | None) -> None:
    """Nobody decides on what they asked for."""
    if first == second:
        raise ConflictError(AttendanceCode.CORRECTION_SAME_PERSON)


def stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """Instants as text, as a correction keeps them."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def values_of(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What a correction keeps as text, as instants again."""
    times = {name: stored[name] and datetime.fromisoformat(stored[name]) for name in ("arrived_at", "left_at")}
    return {**stored, **times}


def road(status: str, wanted: str) -> list[str]:
    """The actions that lead from one state of a record to another by a correction."""
    if wanted == "void":
        return [] if status == "void" else ["void"]
    first = ["restore"] if status == "void" else []
    now = "present" if first else status
    return [*first, *{("present", "left"): ["depart"], ("left", "present"): ["stay"]}.get((now, wanted), ["correct"])]
