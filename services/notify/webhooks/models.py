"""Webhook endpoints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from chassis.secretbox import Sealed
from services.notify import settings
from services.notify.models import Base


class WebhookEndpoint(Base, db.Tenanted, db.Versioned):
    """Where events are posted. Without ``organisation_id`` it is the district's own (bureau, a client system).

    ``failures`` in a row push ``resume_at`` back, so one dead receiver costs one time-out per pause, not per event.
    ``secret`` is ciphertext in the database: who reads a backup cannot sign in our name.
    """

    __tablename__ = "webhook_endpoint"
    id: Mapped[str] = db.key("whk")
    status: Mapped[str] = mapped_column(String(12), index=True)
    account_id: Mapped[str] = db.ref("acc")
    organisation_id: Mapped[str | None] = db.ref("org", nullable=True)
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(Sealed("webhook_endpoint.secret", settings.KEY_FILE))
    event_names: Mapped[list[str]]
    street_codes: Mapped[list[str]]
    note: Mapped[str] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(Integer)
    resume_at: Mapped[datetime | None]
