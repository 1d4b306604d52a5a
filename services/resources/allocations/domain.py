"""Allocations: states. Pure."""

from __future__ import annotations

from datetime import datetime

from chassis.errors import ConflictError
from contracts.resources.codes import ResourcesCode

PROPOSED, RESERVED, CONFIRMED, HANDED_OVER = "proposed", "reserved", "confirmed", "handed_over"
RECEIVED, REPORTED, CLOSED = "received", "reported", "closed"
RELEASED, RETURNED, DISPUTED = "released", "returned", "disputed"
STATUSES = (
    PROPOSED,
    RESERVED,
    CONFIRMED,
    HANDED_OVER,
    RECEIVED,
    REPORTED,
    CLOSED,
    RELEASED,
    RETURNED,
    DISPUTED,
)
ACTIONS = ("reserve", "confirm", "hand_over", "receive", "report", "close", "release", "return", "dispute")
HOLDING = (RESERVED, CONFIRMED)
USING = (RESERVED, CONFIRMED, HANDED_OVER, RECEIVED, REPORTED, CLOSED, DISPUTED)

TRANSITIONS: dict[tuple[str, str], str] = {
    (PROPOSED, "reserve"): RESERVED,
    (RESERVED, "confirm"): CONFIRMED,
    (CONFIRMED, "hand_over"): HANDED_OVER,
    (HANDED_OVER, "hand_over"): HANDED_OVER,  # partial deliveries
    (HANDED_OVER, "receive"): RECEIVED,
    (RECEIVED, "report"): REPORTED,
    (REPORTED, "close"): CLOSED,
    (PROPOSED, "release"): RELEASED,
    (RESERVED, "release"): RELEASED,
    (CONFIRMED, "release"): RELEASED,
    (HANDED_OVER, "return"): RETURNED,
    (HANDED_OVER, "dispute"): DISPUTED,
    (RECEIVED, "dispute"): DISPUTED,
    (REPORTED, "dispute"): DISPUTED,
    (DISPUTED, "receive"): RECEIVED,
    (DISPUTED, "return"): RETURNED,
}


def next_status(status: str, action: str) -> str:
    """The table, or a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ResourcesCode.ALLOCATION_WRONG_STATUS, status=status, action=action) from None


def check_in_time(reserved_until: datetime | None, now: datetime) -> None:
    """A reservation past its time is released by its timer; until that fires it cannot be confirmed either."""
    if reserved_until is not None and now >= reserved_until:
        raise ConflictError(ResourcesCode.ALLOCATION_LAPSED, reserved_until=reserved_until.isoformat())


def within(asked: int | None, most: int) -> int:
    """The quantity asked for, by default all; raises a conflict beyond ``most``."""
    count = most if asked is None else asked
    if not 0 < count <= most:
        raise ConflictError(ResourcesCode.ALLOCATION_QUANTITY, most=most, asked=count)
    return count
