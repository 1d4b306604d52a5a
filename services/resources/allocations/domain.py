"""Allocations: states. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from chassis.errors import ConflictError, InvalidError
from contracts.resources.codes import ResourcesCode
from contracts.resources.codes_stock import StockCode

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
ACTIONS = (
    *("reserve", "confirm", "hand_over", "receive_part", "receive", "report", "close", "release"),
    *("return_part", "return", "lose", "dispute"),
)
HOLDING = (RESERVED, CONFIRMED)
USING = (RESERVED, CONFIRMED, HANDED_OVER, RECEIVED, REPORTED, CLOSED, DISPUTED)

TRANSITIONS: dict[tuple[str, str], str] = {
    (PROPOSED, "reserve"): RESERVED,
    (RESERVED, "confirm"): CONFIRMED,
    (CONFIRMED, "hand_over"): HANDED_OVER,
    (HANDED_OVER, "hand_over"): HANDED_OVER,  # partial deliveries
    (HANDED_OVER, "receive_part"): HANDED_OVER,  # partial receipts
    (HANDED_OVER, "lose"): HANDED_OVER,  # lost on its way
    (HANDED_OVER, "return_part"): HANDED_OVER,
    (RECEIVED, "return_part"): RECEIVED,
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


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """Where the quantity of an allocation is. ``handed_over`` is with the recipient or on its way; what was returned
    or lost is not among it. ``settled``: the recipient said that no more is expected."""

    quantity: int
    handed_over: int = 0
    received: int = 0
    returned: int = 0
    lost: int = 0
    used: int = 0
    settled: bool = False

    @property
    def outstanding(self) -> int:
        """Still set aside at the offer."""
        return 0 if self.settled else self.quantity - self.handed_over - self.returned - self.lost

    @property
    def loose(self) -> int:
        """Handed over and not acknowledged."""
        return self.handed_over - self.received

    @property
    def allotted(self) -> int:
        """What the need still counts as on its way."""
        return 0 if self.settled else self.outstanding + self.loose

    def hand_over(self, count: int) -> Parcel:
        """The next part."""
        return replace(self, handed_over=self.handed_over + within(count, self.outstanding))

    def receive(self, count: int, *, final: bool) -> Parcel:
        """Acknowledge so much more; the last word may be that nothing more came."""
        if not (final and count == 0 and self.received):
            within(count, self.loose)
        return replace(self, received=self.received + count, settled=final)

    def acknowledge(self, count: int) -> Parcel:
        """After a dispute: so much in all, in place of what was acknowledged before; never less than is used."""
        if count < self.used:
            raise ConflictError(StockCode.DISPUTE_TOO_MUCH, handed_over=self.handed_over, used=self.used)
        return replace(self, received=within(count, self.handed_over), settled=True)

    def take_back(self, count: int) -> Parcel:
        """So much went back: first what was not acknowledged, then what was, but for what is used."""
        within(count, self.handed_over)
        from_received = max(0, count - self.loose)
        if self.received - from_received < self.used:
            raise ConflictError(StockCode.GIFT_IN_USE, used=self.used, asked=count)
        return replace(
            self,
            handed_over=self.handed_over - count,
            received=self.received - from_received,
            returned=self.returned + count,
        )

    def lose(self, count: int) -> Parcel:
        """So much never arrived."""
        return replace(self, handed_over=self.handed_over - within(count, self.loose), lost=self.lost + count)

    def resolve(self, received: int, *, rest_returned: bool) -> Parcel:
        """The dispute's end: so much counts as received, the rest of what was handed over went back or is lost."""
        if not self.used <= received <= self.handed_over:
            raise ConflictError(StockCode.DISPUTE_TOO_MUCH, handed_over=self.handed_over, used=self.used)
        rest = self.handed_over - received
        return replace(
            self,
            handed_over=received,
            received=received,
            returned=self.returned + (rest if rest_returned else 0),
            lost=self.lost + (0 if rest_returned else rest),
            settled=True,
        )


def check_in_time(reserved_until: datetime | None, now: datetime) -> None:
    """A reservation past its time is released by its timer; until that fires it cannot be confirmed either."""
    if reserved_until is not None and now >= reserved_until:
        raise ConflictError(ResourcesCode.ALLOCATION_LAPSED, reserved_until=reserved_until.isoformat())


def check_parts(parts: Sequence[Mapping[str, datetime]], quantity: int) -> None:
    """As many times as windows are asked for, each of some length, none overlapping another."""
    ordered = sorted(parts, key=lambda part: part["starts_at"])
    fine = len(parts) == quantity and all(part["starts_at"] < part["ends_at"] for part in parts)
    if not fine or any(later["starts_at"] < before["ends_at"] for before, later in pairwise(ordered)):
        raise InvalidError(StockCode.PART_OUTSIDE, quantity=quantity)


def within(asked: int | None, most: int) -> int:
    """The quantity asked for, by default all; raises a conflict beyond ``most``."""
    count = most if asked is None else asked
    if not 0 < count <= most:
        raise ConflictError(ResourcesCode.ALLOCATION_QUANTITY, most=most, asked=count)
    return count
