"""Tables of calendars."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class CalendarFeed(Base, db.Tenanted, db.Versioned):
    """A secret address of a person's calendar; only its hash is kept."""

    __tablename__ = "calendar_feed"
    __table_args__ = (UniqueConstraint("district_code", "token_hash"),)

    id: Mapped[str] = db.key("cfd")
    account_id: Mapped[str] = db.ref("acc")
    token_hash: Mapped[str] = mapped_column(String(64))
    revoked_at: Mapped[datetime | None]
