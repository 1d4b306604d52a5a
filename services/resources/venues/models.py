"""Who holds which time of a venue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, literal_column
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


def _half(seed: int) -> Any:
    """GiST compares no uuid without an extension: 64 bits of its hash as a range of one number (decision 0014)."""
    number = f"uuid_hash_extended(offer_id, {seed})"
    return literal_column(f"int8range({number}, {number}, '[]'::text)")


class VenueHold(Base, db.Tenanted):
    """A live allocation holds this time of a venue, alone: the database refuses another that overlaps it."""

    __tablename__ = "venue_hold"
    id: Mapped[str] = db.key("vhd")
    offer_id: Mapped[str] = db.ref("ofr", "offer.id")
    allocation_id: Mapped[str] = db.ref("alc", "allocation.id")
    starts_at: Mapped[datetime] = mapped_column(db.Instant)
    ends_at: Mapped[datetime] = mapped_column(db.Instant)
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="interval"),
        ExcludeConstraint(
            (_half(0), "&&"),
            (_half(1), "&&"),
            (literal_column("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_venue_hold_time",
        ),
    )
