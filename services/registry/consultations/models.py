"""Tables of consultations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Consultation(Base, db.Tenanted, db.Versioned):
    """A policy question with a service clock."""

    __tablename__ = "consultation"
    id: Mapped[str] = db.key("con")
    organisation_id: Mapped[str | None] = db.ref("org", "organisation.id")
    account_id: Mapped[str] = db.ref("acc")
    topic: Mapped[str] = mapped_column(String(20))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    citations: Mapped[list[dict[str, Any]]]
    answered_by: Mapped[str | None] = db.ref("acc", index=False)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    late: Mapped[bool]
    status: Mapped[str] = mapped_column(String(10))
    timer_id: Mapped[str | None] = mapped_column(String(40))
