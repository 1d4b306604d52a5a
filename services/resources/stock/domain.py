"""Movements of a stock and which batch goes first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chassis.errors import ConflictError, InvalidError
from contracts.resources.codes_stock import StockCode

TAKEN_IN, CARRIED, SPLIT = "taken_in", "carried", "split"
RESERVED, RELEASED, HANDED_OVER = "reserved", "released", "handed_over"
RETURNED, RETIRED, WRITTEN_OFF = "returned", "retired", "written_off"
KINDS = (TAKEN_IN, CARRIED, SPLIT, RESERVED, RELEASED, HANDED_OVER, RETURNED, RETIRED, WRITTEN_OFF)
ADDING = (TAKEN_IN, CARRIED, SPLIT)


@dataclass(frozen=True, kw_only=True)
class Balance:
    """What of a stock is where."""

    free: int = 0
    reserved: int = 0
    handed_over: int = 0
    retired: int = 0

    @property
    def total(self) -> int:
        return self.free + self.reserved + self.handed_over + self.retired


@dataclass(frozen=True, kw_only=True)
class About:
    """Why a stock moves."""

    kind: str
    allocation_id: str | None = None
    line_id: str | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What is read of a batch; ``left`` has not gone out."""

    id: str
    expires_on: date | None
    left: int


def first_out(batches: Sequence[Batch], count: int, today: date) -> list[tuple[str, int]]:
    """Earliest expiry first, none past its day: ``[(batch id, how many)]``; a conflict where they are too few."""
    usable = [batch for batch in batches if batch.left and not is_past(batch.expires_on, today)]
    usable.sort(key=lambda batch: (batch.expires_on or date.max, batch.id))
    taken, missing = [], count
    for batch in usable:
        part = min(batch.left, missing)
        if part:
            taken.append((batch.id, part))
            missing -= part
    if missing:
        raise ConflictError(StockCode.BATCH_EXPIRED, usable=count - missing, asked=count)
    return taken


def is_past(expires_on: date | None, today: date) -> bool:
    """Whether its last day is over."""
    return expires_on is not None and expires_on < today


def check_batches(quantity: int, parts: Sequence[int], labels: Sequence[str]) -> None:
    """Batches are named apart and add up to the offer; none at all is fine."""
    if parts and (sum(parts) != quantity or len(set(labels)) != len(labels)):
        raise InvalidError(StockCode.BATCHES_DISAGREE, quantity=quantity, batches=sum(parts))
