"""Tables of supervision visits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Visit(Base, db.Tenanted, db.Versioned):
    """A supervision visit to an organisation."""

    __tablename__ = "supervision_visit"
    id: Mapped[str] = db.key("vis")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    case_id: Mapped[str | None] = db.ref("cas", "incubation_case.id")
    topic: Mapped[str] = mapped_column(String(200))
    planned_on: Mapped[date]
    held_on: Mapped[date | None]
    summary: Mapped[str] = mapped_column(Text)
    attendance: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[str | None] = db.ref("acc")
    evidence: Mapped[list[dict[str, Any]]]
    status: Mapped[str] = mapped_column(String(14), index=True)
    closed_at: Mapped[datetime | None]
    touched_at: Mapped[datetime]


class Finding(Base, db.Tenanted):
    """Something to put right, with a severity and a deadline."""

    __tablename__ = "finding"
    id: Mapped[str] = db.key("fnd")
    visit_id: Mapped[str] = db.ref("vis", "supervision_visit.id")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    severity: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    overdue: Mapped[bool]
    status: Mapped[str] = mapped_column(String(10))
    failed_rechecks: Mapped[int] = mapped_column(Integer)
    rectification: Mapped[str | None] = mapped_column(Text)
    recheck_note: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]]]
    rectified_by: Mapped[str | None] = db.ref("acc", index=False)
    timer_id: Mapped[str | None] = mapped_column(String(40))
