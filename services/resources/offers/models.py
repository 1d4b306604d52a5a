"""Tables of offers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, Index, Integer, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base

_MATCHABLE = text("status IN ('open', 'partly_reserved')")


class Offer(Base, db.Tenanted, db.Versioned):
    """What a provider gives. The counters balance by constraint: the database itself refuses over-allocation.

    ``topics``: what it is, in concepts, with what is broader; ``topic_keys``: the same by kind and street, for the
    index; ``read_with``: the vocabulary that read its text; ``guess_permille``: how near a model's guess of the
    topics was, where no word was met.
    """

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
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    topic_keys: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    read_with: Mapped[str] = mapped_column(String(24), server_default="")
    guessed_with: Mapped[str] = mapped_column(String(40), server_default="")
    guess_permille: Mapped[int | None] = mapped_column(Integer)
    # As it was written down, where that was another unit: ``{quantity, unit, size}``, ``size`` base units make one.
    entered: Mapped[dict[str, Any]]
    pack_size: Mapped[int | None] = mapped_column(BigInteger)
    pack_unit: Mapped[str] = mapped_column(String(20))
    lot_size: Mapped[int] = mapped_column(BigInteger)
    minimum_lot: Mapped[int] = mapped_column(BigInteger)
    capacity: Mapped[int | None] = mapped_column(Integer)
    languages: Mapped[list[str]]
    hours_per_week: Mapped[int | None] = mapped_column(Integer)
    availability: Mapped[list[dict[str, Any]]]
    qualifications: Mapped[list[dict[str, Any]]]
    youngest_age: Mapped[int | None] = mapped_column(Integer)
    mode: Mapped[str] = mapped_column(String(10))
    earmarked_organisation_ids: Mapped[list[str]]
    story_public: Mapped[bool] = mapped_column(Boolean)
    __table_args__ = (
        CheckConstraint("quantity = free + reserved + handed_over", name="balance"),
        CheckConstraint("free >= 0 AND reserved >= 0 AND handed_over >= 0 AND retired >= 0", name="counters"),
        CheckConstraint("lot_size > 0 AND minimum_lot > 0 AND coalesce(pack_size, 1) > 0", name="lots"),
        Index("ix_offer_matchable", "district_code", "kind", "status"),
        Index("ix_offer_topic_keys", "topic_keys", postgresql_using="gin", postgresql_where=_MATCHABLE),
        Index("ix_offer_newest", "district_code", "kind", "id", postgresql_where=_MATCHABLE),
        Index("ix_offer_unread", "district_code", "id", postgresql_where=text("topics = '{}'")),
        Index("ix_offer_read_with", "district_code", "read_with", "id"),
    )
