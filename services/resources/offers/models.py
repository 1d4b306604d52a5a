"""Tables of offers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class Offer(Base, db.Tenanted, db.Versioned):
    """What a provider gives. The counters balance by constraint: the database itself refuses over-allocation."""

    __tablename__ = "offer"
    id: Mapped[str] = db.key("ofr")
    provider_organisation_id: Mapped[str] = db.ref("org")
    status: Mapped[str] = mapped_column(String(20), default="draft")
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[int] = mapped_column(BigInteger)
    free: Mapped[int] = mapped_column(BigInteger)
    reserved: Mapped[int] = mapped_column(BigInteger, default=0)
    handed_over: Mapped[int] = mapped_column(BigInteger, default=0)
    retired: Mapped[int] = mapped_column(BigInteger, default=0)
    skills: Mapped[list[str]]
    windows: Mapped[list[dict[str, Any]]]
    tags: Mapped[list[str]]
    earmark: Mapped[dict[str, Any]]
    conditions: Mapped[str] = mapped_column(Text)
    community_code: Mapped[str | None] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(200))
    expires_on: Mapped[date | None] = mapped_column(Date)
    interested_organisation_ids: Mapped[list[str]]
    __table_args__ = (
        CheckConstraint("quantity = free + reserved + handed_over", name="balance"),
        CheckConstraint("free >= 0 AND reserved >= 0 AND handed_over >= 0 AND retired >= 0", name="counters"),
        Index("ix_offer_matchable", "district_code", "kind", "status"),
    )
