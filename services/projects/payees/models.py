"""Table of payee accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from chassis.secretbox import Sealed
from services.projects.models import Base
from services.projects.payees import settings


class Payee(Base, db.Tenanted, db.Versioned):
    """An organisation's account; at most one is verified. Holder and number are ciphertext, and never change."""

    __tablename__ = "payee"
    __table_args__ = (
        Index("uq_payee_verified", "organisation_id", unique=True, postgresql_where=text("status = 'verified'")),
    )

    id: Mapped[str] = db.key("pye")
    organisation_id: Mapped[str] = db.ref("org")
    status: Mapped[str] = mapped_column(String(10))
    holder: Mapped[str] = mapped_column(Sealed("payee.holder", settings.PAYEE_KEY_FILE))
    account_number: Mapped[str] = mapped_column(Sealed("payee.account_number", settings.PAYEE_KEY_FILE))
    bank: Mapped[str] = mapped_column(String(100))
    bank_code: Mapped[str | None] = mapped_column(String(12))
    registered_by: Mapped[str | None] = db.ref("acc", index=False)
    verified_by: Mapped[str | None] = db.ref("acc", index=False)
    verified_at: Mapped[datetime | None]
