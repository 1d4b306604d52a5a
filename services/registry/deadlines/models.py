"""Tables of deadlines."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Deadline(Base, db.Tenanted):
    """Something owed by the end of a day; ``working_days`` null where the day itself was agreed."""

    __tablename__ = "deadline"
    id: Mapped[str] = db.key("ddl")
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(60))
    organisation_id: Mapped[str | None] = db.ref("org", "organisation.id")
    starts_on: Mapped[date]
    working_days: Mapped[int | None] = mapped_column(Integer)
    due_on: Mapped[date]
    confirmed: Mapped[bool]
    status: Mapped[str] = mapped_column(String(8))
    level: Mapped[int] = mapped_column(Integer)
    escalated_to: Mapped[str | None] = mapped_column(String(20))
    timer_id: Mapped[str | None] = mapped_column(String(40))
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        Index("uq_deadline_open", "kind", "subject_id", unique=True, postgresql_where=text("status = 'open'")),
        Index("ix_deadline_due", "district_code", "due_on", "id"),
    )
