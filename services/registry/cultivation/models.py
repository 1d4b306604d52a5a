"""Tables of the key-cultivation list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class CultivationList(Base, db.Tenanted, db.Versioned):
    """One list, district-wide; frozen when it is published."""

    __tablename__ = "cultivation_list"
    id: Mapped[str] = db.key("cul")
    rulebook_id: Mapped[str] = db.ref("rul", "rulebook.id")
    title: Mapped[str] = mapped_column(String(100))
    number: Mapped[int | None] = mapped_column(Integer)
    as_of: Mapped[date]
    status: Mapped[str] = mapped_column(String(10))
    drafted_by: Mapped[str | None] = db.ref("acc", index=False)
    computed_at: Mapped[datetime | None]
    computing_job_id: Mapped[str | None] = mapped_column(String(60))
    published_at: Mapped[datetime | None]
    previous_id: Mapped[str | None] = db.ref("cul", index=False)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    closing_reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("district_code", "number"),
        Index(
            "uq_cultivation_list_published",
            "district_code",
            unique=True,
            postgresql_where=text("status = 'published'"),
        ),
    )


class CultivationEntry(Base, db.Tenanted):
    """One organisation on a list, or kept off it by hand, with its reasons."""

    __tablename__ = "cultivation_entry"
    id: Mapped[str] = db.key("cue")
    list_id: Mapped[str] = db.ref("cul", "cultivation_list.id", index=False)
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    included: Mapped[bool]
    source: Mapped[str] = mapped_column(String(4))
    rank: Mapped[int | None] = mapped_column(Integer)
    score_hundredths: Mapped[int] = mapped_column(Integer)
    terms: Mapped[list[dict[str, Any]]]
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str | None] = db.ref("acc", index=False)
    __table_args__ = (UniqueConstraint("list_id", "organisation_id"),)
