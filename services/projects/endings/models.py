"""Table of early ends."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class Termination(Base, db.Tenanted, db.Versioned):
    """An early end from its proposal to its settlement; one at a time. ``settlement`` is frozen with the approval."""

    __tablename__ = "termination"
    __table_args__ = (
        Index(
            "ux_termination_open",
            "district_code",
            "project_id",
            unique=True,
            postgresql_where=text("status IN ('proposed', 'answered')"),
        ),
    )

    id: Mapped[str] = db.key("tmn")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    organisation_id: Mapped[str] = db.ref("org")
    cause: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(10), index=True)
    proposed_by: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    hear_until_on: Mapped[date] = mapped_column(Date)
    agrees: Mapped[bool | None] = mapped_column(Boolean)
    statement: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    settlement: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    decided_at: Mapped[datetime | None]
