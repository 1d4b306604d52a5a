"""Offers: states, counters and what each kind must say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.resources.codes import ResourcesCode
from contracts.resources.codes_stock import StockCode
from services.resources.units.domain import Pack

DRAFT, VERIFIED, OPEN = "draft", "verified", "open"
PARTLY, EXHAUSTED, EXPIRED, WITHDRAWN = "partly_reserved", "exhausted", "expired", "withdrawn"
STATUSES = (DRAFT, VERIFIED, OPEN, PARTLY, EXHAUSTED, EXPIRED, WITHDRAWN)
ACTIONS = (
    *("verify", "open", "reserve_part", "reserve_all", "free_part", "retire_part", "retire_all"),
    *("expire", "withdraw"),
)
MATCHABLE = (OPEN, PARTLY)
ENDED = (EXPIRED, WITHDRAWN)

# What becomes free again never brings an offer back to "open": DOMAIN knows only partly_reserved ⇄ exhausted.
TRANSITIONS: dict[tuple[str, str], str] = {
    (DRAFT, "verify"): VERIFIED,
    (VERIFIED, "open"): OPEN,
    (OPEN, "reserve_part"): PARTLY,
    (OPEN, "reserve_all"): EXHAUSTED,
    (PARTLY, "reserve_part"): PARTLY,
    (PARTLY, "reserve_all"): EXHAUSTED,
    (PARTLY, "free_part"): PARTLY,
    (EXHAUSTED, "free_part"): PARTLY,
    (EXPIRED, "free_part"): EXPIRED,
    (WITHDRAWN, "free_part"): WITHDRAWN,
    # A batch is past its day: what of it was free is gone.
    (OPEN, "retire_part"): OPEN,
    (PARTLY, "retire_part"): PARTLY,
    (OPEN, "retire_all"): EXHAUSTED,
    (PARTLY, "retire_all"): EXHAUSTED,
    (OPEN, "expire"): EXPIRED,
    (PARTLY, "expire"): EXPIRED,
    (EXHAUSTED, "expire"): EXPIRED,
    (DRAFT, "withdraw"): WITHDRAWN,
    (VERIFIED, "withdraw"): WITHDRAWN,
    (OPEN, "withdraw"): WITHDRAWN,
    (PARTLY, "withdraw"): WITHDRAWN,
    (EXHAUSTED, "withdraw"): WITHDRAWN,
}


def next_status(status: str, action: str) -> str:
    """The table, or a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ResourcesCode.OFFER_WRONG_STATUS, status=status, action=action) from None


@dataclass(frozen=True, kw_only=True)
class Counters:
    """quantity = free + reserved + handed_over, always; ``retired`` left the offer."""

    free: int
    reserved: int = 0
    handed_over: int = 0
    retired: int = 0

    @property
    def quantity(self) -> int:
        return self.free + self.reserved + self.handed_over

    def reserve(self, count: int) -> Counters:
        """From free to reserved; never more than is free."""
        if not 0 < count <= self.free:
            raise ConflictError(ResourcesCode.OFFER_INSUFFICIENT, free=self.free, asked=count)
        return replace(self, free=self.free - count, reserved=self.reserved + count)

    def hand_over(self, count: int) -> Counters:
        """From reserved to handed over."""
        if not 0 < count <= self.reserved:
            raise ConflictError(ResourcesCode.ALLOCATION_QUANTITY, reserved=self.reserved, asked=count)
        return replace(self, reserved=self.reserved - count, handed_over=self.handed_over + count)

    def give_back(self, *, reserved: int, handed_over: int, ended: bool) -> Counters:
        """What was reserved or handed over becomes free; of an offer that ended it leaves the offer instead."""
        if not (0 <= reserved <= self.reserved and 0 <= handed_over <= self.handed_over):
            raise ConflictError(ResourcesCode.ALLOCATION_QUANTITY, reserved=self.reserved, handed_over=self.handed_over)
        back = reserved + handed_over
        return replace(
            self,
            free=self.free + (0 if ended else back),
            retired=self.retired + (back if ended else 0),
            reserved=self.reserved - reserved,
            handed_over=self.handed_over - handed_over,
        )

    def write_off(self, count: int) -> Counters:
        """What was handed over is lost, or came back unfit: it leaves the offer."""
        if not 0 < count <= self.handed_over:
            raise ConflictError(ResourcesCode.ALLOCATION_QUANTITY, handed_over=self.handed_over, asked=count)
        return replace(self, handed_over=self.handed_over - count, retired=self.retired + count)

    def retire_part(self, count: int) -> Counters:
        """Some of the free part leaves the offer."""
        if not 0 < count <= self.free:
            raise ConflictError(ResourcesCode.OFFER_INSUFFICIENT, free=self.free, asked=count)
        return replace(self, free=self.free - count, retired=self.retired + count)

    def grow(self, count: int) -> Counters:
        """More to count, all of it free."""
        return replace(self, free=self.free + count)

    def retire(self) -> Counters:
        """The free part leaves the offer; promises stay."""
        return replace(self, free=0, retired=self.retired + self.free)


def measure(asked: Mapping[str, Any]) -> tuple[int, str]:
    """``(quantity, unit)`` of an offer or need of its kind; raises :class:`InvalidError` naming what is missing.

    funds: fen; volunteers: hours; venue: windows; know-how: sessions unless it names a unit; materials name theirs.
    """
    kind, windows = asked["kind"], asked.get("windows")
    venue = len(windows) if windows is not None else asked.get("quantity")
    found: dict[str, tuple[Any, str, str]] = {
        "funds": (asked.get("amount_fen"), "fen", "amount"),
        "volunteers": (asked.get("hours"), "hour", "hours"),
        "venue": (venue, "window", "windows" if windows is not None else "quantity"),
        "know_how": (asked.get("quantity"), asked.get("unit") or "session", "quantity"),
        "materials": (asked.get("quantity"), asked.get("unit") or "", "quantity"),
    }
    count, unit, field = found[kind]
    if not count:
        raise InvalidError(ResourcesCode.OFFER_INCOMPLETE, kind=kind, missing=field)
    if not unit:
        raise InvalidError(ResourcesCode.OFFER_INCOMPLETE, kind=kind, missing="unit")
    return int(count), unit


def pack_of(size: int | None, unit: str) -> Pack | None:
    """The pack an offer comes in; both of its fields or neither."""
    if (size is None) != (not unit):
        raise InvalidError(StockCode.PACK_INCOMPLETE)
    return None if size is None else Pack(size, unit)


def check_lots(quantity: int, *, lot_size: int, minimum_lot: int) -> None:
    """No lot is larger than the offer."""
    if max(lot_size, minimum_lot) > quantity:
        raise InvalidError(StockCode.LOT_INVALID, quantity=quantity, lot_size=lot_size, minimum_lot=minimum_lot)


def check_lot(count: int, free: int, *, lot_size: int, minimum_lot: int) -> None:
    """What is set aside is whole lots and not too little; the last rest may go as it is."""
    if count == free:
        return
    if count % lot_size:
        raise ConflictError(StockCode.LOT_BROKEN, lot_size=lot_size, asked=count)
    if count < minimum_lot:
        raise ConflictError(StockCode.LOT_TOO_SMALL, minimum_lot=minimum_lot, asked=count)


def check_windows(windows: Sequence[Mapping[str, datetime]], now: datetime) -> None:
    """Each window lies in the future and has a length; none overlaps another."""
    ordered = sorted(windows, key=lambda window: window["starts_at"])
    for window in ordered:
        if window["ends_at"] <= window["starts_at"] or window["starts_at"] <= now:
            raise InvalidError(ResourcesCode.OFFER_INCOMPLETE, kind="venue", missing="windows")
    for before, after in pairwise(ordered):
        if after["starts_at"] < before["ends_at"]:
            raise InvalidError(ResourcesCode.OFFER_WINDOW_TAKEN)
