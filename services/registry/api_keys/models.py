"""Tables of API keys."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class ApiKey(Base, db.Tenanted, db.Versioned):
    """A key of an API client's account: its prefix to find it by, and the SHA-256 of its 256 random bits.

    A fast hash is enough here: nobody guesses 256 bits. After a rotation the previous hash works for a while.
    """

    __tablename__ = "api_key"
    id: Mapped[str] = db.key("apk")
    account_id: Mapped[str] = db.ref("acc", "account.id")
    name: Mapped[str] = mapped_column(String(60))
    prefix: Mapped[str] = mapped_column(String(8), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    previous_until: Mapped[datetime | None]
    scopes: Mapped[list[str]]
    expires_on: Mapped[date]
    last_used_on: Mapped[date | None]
    rotated_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(8))
