"""Tables of movements and batches."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base

_PLACES = ("free", "reserved", "handed_over", "retired")
_KEY = ("district_code", "offer_id")
_BEFORE = tuple(f"{place}_before" for place in _PLACES)
_AFTER = tuple(f"{place}_after" for place in _PLACES)


class StockMovement(Base, db.Tenanted):
    """A movement of an offer's stock, from one balance to the next.

    The database proves the ledger: what was before is what was after the movement before it (foreign key), the first
    begins with nothing, and only what is taken in changes the sum. So each balance is the sum of all before it.
    """

    __tablename__ = "stock_movement"
    id: Mapped[str] = db.key("mov")
    offer_id: Mapped[str] = db.ref("ofr", "offer.id")
    number: Mapped[int] = mapped_column(BigInteger)
    previous: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    allocation_id: Mapped[str | None] = db.ref("alc", nullable=True)
    line_id: Mapped[str | None] = db.ref("pol", nullable=True, index=False)
    note: Mapped[str] = mapped_column(String(500))
    free_before: Mapped[int] = mapped_column(BigInteger)
    reserved_before: Mapped[int] = mapped_column(BigInteger)
    handed_over_before: Mapped[int] = mapped_column(BigInteger)
    retired_before: Mapped[int] = mapped_column(BigInteger)
    free_after: Mapped[int] = mapped_column(BigInteger)
    reserved_after: Mapped[int] = mapped_column(BigInteger)
    handed_over_after: Mapped[int] = mapped_column(BigInteger)
    retired_after: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        UniqueConstraint(*_KEY, "number", name="uq_stock_movement_number"),
        UniqueConstraint(*_KEY, "number", *_AFTER, name="uq_stock_movement_balance"),
        ForeignKeyConstraint(
            [*_KEY, "previous", *_BEFORE],
            [f"stock_movement.{name}" for name in (*_KEY, "number", *_AFTER)],
            name="fk_stock_movement_chain",
        ),
        CheckConstraint(
            "previous = number - 1 OR (number = 1 AND previous IS NULL AND free_before = 0 AND reserved_before = 0"
            " AND handed_over_before = 0 AND retired_before = 0)",
            name="first",
        ),
        CheckConstraint(
            "free_after >= 0 AND reserved_after >= 0 AND handed_over_after >= 0 AND retired_after >= 0",
            name="counters",
        ),
        CheckConstraint(
            "kind IN ('taken_in', 'carried', 'split') OR free_before + reserved_before + handed_over_before"
            " + retired_before = free_after + reserved_after + handed_over_after + retired_after",
            name="kept",
        ),
    )


class StockBatch(Base, db.Tenanted):
    """A part of an offer with a last day of its own. ``handed_over`` is out, ``retired`` left the offer."""

    __tablename__ = "stock_batch"
    id: Mapped[str] = db.key("bch")
    offer_id: Mapped[str] = db.ref("ofr", "offer.id")
    label: Mapped[str] = mapped_column(String(40))
    expires_on: Mapped[date | None] = mapped_column(Date)
    quantity: Mapped[int] = mapped_column(BigInteger)
    handed_over: Mapped[int] = mapped_column(BigInteger)
    retired: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        UniqueConstraint("district_code", "offer_id", "label"),
        CheckConstraint("handed_over >= 0 AND retired >= 0 AND handed_over + retired <= quantity", name="counters"),
    )


class BatchPart(Base, db.Tenanted):
    """How much of a batch an allocation holds."""

    __tablename__ = "batch_part"
    id: Mapped[str] = db.key("bpt")
    batch_id: Mapped[str] = db.ref("bch", "stock_batch.id")
    allocation_id: Mapped[str] = db.ref("alc", "allocation.id")
    quantity: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        UniqueConstraint("district_code", "batch_id", "allocation_id"),
        CheckConstraint("quantity >= 0", name="counters"),
    )
