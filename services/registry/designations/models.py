"""Tables of designations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Designation(Base, db.Tenanted, db.Versioned):
    """A name of honour the district gives for a period, with its reasons."""

    __tablename__ = "designation"
    id: Mapped[str] = db.key("dsg")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    party_organisation_id: Mapped[str | None] = db.ref("pto", "party_organisation.id", index=False)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    evidence: Mapped[list[dict[str, Any]]]
    status: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[str | None] = db.ref("acc", index=False)
    decided_by: Mapped[str | None] = db.ref("acc", index=False)
    decision_reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]
    ended_on: Mapped[date | None]
    timer_id: Mapped[str | None] = mapped_column(String(60))
    __table_args__ = (
        Index(
            "uq_designation_open",
            "organisation_id",
            "kind",
            unique=True,
            postgresql_where=text("status IN ('proposed','granted')"),
        ),
    )
