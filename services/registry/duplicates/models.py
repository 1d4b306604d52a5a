"""Tables of suspected duplicates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class DuplicateCheck(Base, db.Tenanted):
    """An organisation that waits to be compared with the others."""

    __tablename__ = "duplicate_check"
    organisation_id: Mapped[str] = mapped_column(db.TypeId("org"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)


class DuplicatePair(Base, db.Tenanted):
    """Two organisations that may be one, with the score and its reasons; of two streets' pair both are named."""

    __tablename__ = "duplicate_pair"
    id: Mapped[str] = db.key("dpr")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    other_id: Mapped[str] = db.ref("org", "organisation.id")
    other_street_code: Mapped[str | None] = mapped_column(String(9))
    score: Mapped[int] = mapped_column(Integer)
    reasons: Mapped[list[dict[str, Any]]]
    status: Mapped[str] = mapped_column(String(10))
    found_at: Mapped[datetime]
    decided_by: Mapped[str | None] = db.ref("acc", index=False)
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("organisation_id", "other_id"),
        Index("ix_duplicate_pair_work", "district_code", "score", "id", postgresql_where=text("status = 'open'")),
    )
