"""Tables of uses."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class GiftUse(Base, db.Tenanted, db.Versioned):
    """So much of an allocation was used; what is used of it never exceeds what was received (see allocation)."""

    __tablename__ = "gift_use"
    id: Mapped[str] = db.key("gus")
    allocation_id: Mapped[str] = db.ref("alc", "allocation.id")
    offer_id: Mapped[str] = db.ref("ofr", "offer.id")
    recipient_organisation_id: Mapped[str | None] = db.ref("org")
    project_id: Mapped[str | None] = db.ref("prj", nullable=True)
    quantity: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str] = mapped_column(String(20))
    used_on: Mapped[date] = mapped_column(Date)
    purpose: Mapped[str] = mapped_column(String(200))
    people_served: Mapped[int] = mapped_column(Integer)
    photos: Mapped[list[str]]
    last: Mapped[bool] = mapped_column(Boolean)
    story_public: Mapped[bool] = mapped_column(Boolean)
    event_id: Mapped[str | None] = db.ref("evt", nullable=True, index=False)
    __table_args__ = (CheckConstraint("quantity > 0 AND people_served >= 0", name="counters"),)
