"""Tables of credit facts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class CreditFact(Base, db.Tenanted, db.Versioned):
    """What an authority states of an organisation. ``sets_breach``: the organisation is in breach because of it."""

    __tablename__ = "credit_fact"
    id: Mapped[str] = db.key("crf")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    kind: Mapped[str] = mapped_column(String(24))
    status: Mapped[str] = mapped_column(String(10))
    as_of: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(200))
    document_number: Mapped[str | None] = mapped_column(String(100))
    statement: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str | None] = db.ref("acc", index=False)
    revoked_on: Mapped[date | None]
    revoked_by: Mapped[str | None] = db.ref("acc", index=False)
    revocation: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    sets_breach: Mapped[bool]
    timer_id: Mapped[str | None] = mapped_column(String(40))
