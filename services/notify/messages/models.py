"""The inbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.notify.models import Base


class Message(Base, db.Tenanted, db.Versioned):
    """What one account is told of one event, in the words of that moment. No personal data: the event has none."""

    __tablename__ = "message"
    id: Mapped[str] = db.key("msg")
    account_id: Mapped[str] = db.ref("acc")
    organisation_id: Mapped[str | None] = db.ref("org", nullable=True)
    status: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(40))
    priority: Mapped[str] = mapped_column(String(12))
    template: Mapped[str] = mapped_column(String(80))
    title_zh: Mapped[str] = mapped_column(String(300))
    body_zh: Mapped[str] = mapped_column(Text)
    title_en: Mapped[str] = mapped_column(String(300))
    body_en: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(db.TypeId("evt"))
    event_name: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(80))
    trace_id: Mapped[str] = mapped_column(String(64), index=True)
    occurred_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("district_code", "event_id", "account_id", "template"),
        Index("ix_message_inbox", "account_id", "status", "id"),
    )


class Preference(Base, db.Tenanted):
    """What an account decided about a kind of message on a channel; no row: enabled."""

    __tablename__ = "preference"
    id: Mapped[str] = db.key("prf")
    account_id: Mapped[str] = db.ref("acc")
    kind: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(12))
    enabled: Mapped[bool]
    __table_args__ = (UniqueConstraint("district_code", "account_id", "kind", "channel"),)
