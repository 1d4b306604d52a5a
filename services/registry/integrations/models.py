"""Tables of integrations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Integration(Base, db.Tenanted, db.Versioned):
    """Reads that an API client's account may do as a role; one grant of an account is in force at a time."""

    __tablename__ = "integration"
    id: Mapped[str] = db.key("itg")
    account_id: Mapped[str] = db.ref("acc", "account.id")
    acts_as: Mapped[str] = mapped_column(String(20))
    street_codes: Mapped[list[str]]
    organisation_id: Mapped[str | None] = db.ref("org", "organisation.id")
    operations: Mapped[list[str]]
    purpose: Mapped[str] = mapped_column(Text)
    granted_by: Mapped[str | None] = db.ref("acc", index=False)
    status: Mapped[str] = mapped_column(String(10))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        Index("uq_integration_active", "account_id", unique=True, postgresql_where=text("status = 'active'")),
    )
