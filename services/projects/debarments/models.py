"""Table of debarments."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class Debarment(Base, db.Tenanted, db.Versioned):
    """An organisation is barred from rounds; at most one at a time that is proposed or in force."""

    __tablename__ = "debarment"
    __table_args__ = (
        Index(
            "uq_debarment_live",
            "district_code",
            "organisation_id",
            unique=True,
            postgresql_where=text("status IN ('proposed', 'in_force', 'appealed', 'upheld')"),
        ),
    )

    id: Mapped[str] = db.key("dbm")
    organisation_id: Mapped[str] = db.ref("org")
    award_id: Mapped[str | None] = db.ref("awd", "award.id")
    status: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    proposed_by: Mapped[str | None] = db.ref("acc", index=False)
    decided_by: Mapped[str | None] = db.ref("acc", index=False)
    decided_at: Mapped[datetime | None]
    appeal: Mapped[str | None] = mapped_column(Text)
    appealed_at: Mapped[datetime | None]
    finding: Mapped[str | None] = mapped_column(Text)
    settled_by: Mapped[str | None] = db.ref("acc", index=False)
    ended_at: Mapped[datetime | None]
