"""Intents to send, and accounts nothing more is sent to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.notify.models import Base


class Delivery(Base, db.Tenanted, db.Versioned):
    """One e-mail to one account, or one post to one endpoint, for one event.

    Its id is the Message-ID and the webhook-id of every try, so a receiver can tell a second try from a second
    message: delivery is at least once (a process may die between the peer's answer and our commit), never lost.
    ``target`` is the account's or endpoint's id; addresses stay in registry. Due times are on the system clock.
    """

    __tablename__ = "delivery"
    id: Mapped[str] = db.key("dlv")
    status: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(12))
    target: Mapped[str] = mapped_column(String(60))
    message_id: Mapped[str | None] = db.ref("msg", "message.id", nullable=True)
    account_id: Mapped[str | None] = db.ref("acc", nullable=True)
    endpoint_id: Mapped[str | None] = db.ref("whk", "webhook_endpoint.id", nullable=True)
    event_id: Mapped[str] = mapped_column(db.TypeId("evt"))
    event_name: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(80))
    trace_id: Mapped[str] = mapped_column(String(64), index=True)
    body: Mapped[dict[str, Any] | None] = mapped_column(JSONB, nullable=True)
    urgency: Mapped[int] = mapped_column(SmallInteger)
    due_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer)
    attempts: Mapped[list[dict[str, Any]]]
    reason: Mapped[str | None] = mapped_column(String(300))
    sent_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("district_code", "event_id", "channel", "target"),
        Index(
            "ix_delivery_due",
            "channel",
            "due_at",
            postgresql_where=text("status IN ('queued', 'failed', 'sending')"),
        ),
        Index("ix_delivery_status", "district_code", "channel", "status"),
    )


class Suppression(Base, db.Tenanted):
    """A target whose address refused our mail for good; kept by account, so no address is stored here."""

    __tablename__ = "suppression"
    id: Mapped[str] = db.key("sup")
    channel: Mapped[str] = mapped_column(String(12))
    target: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(300))
    delivery_id: Mapped[str] = db.ref("dlv", "delivery.id")
    since: Mapped[datetime]
    __table_args__ = (UniqueConstraint("district_code", "channel", "target"),)
