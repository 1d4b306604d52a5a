"""Tables of needs."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class Need(Base, db.Tenanted, db.Versioned):
    """What an organisation or a project lacks; the constraint keeps what is on its way within what is needed."""

    __tablename__ = "need"
    id: Mapped[str] = db.key("ned")
    organisation_id: Mapped[str] = db.ref("org")
    project_id: Mapped[str | None] = db.ref("prj", nullable=True)
    status: Mapped[str] = mapped_column(String(20), default="draft")
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[int] = mapped_column(BigInteger)
    allotted: Mapped[int] = mapped_column(BigInteger, default=0)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    skills: Mapped[list[str]]
    tags: Mapped[list[str]]
    fields_of_work: Mapped[list[str]]
    urgency: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date] = mapped_column(Date)
    community_code: Mapped[str | None] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(200))
    __table_args__ = (
        CheckConstraint("allotted >= 0 AND received >= 0 AND allotted + received <= quantity", name="counters"),
        Index("ix_need_matchable", "district_code", "kind", "status"),
    )
