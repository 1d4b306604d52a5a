"""Table of credentials."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class Credential(Base, db.Tenanted, db.Versioned):
    """A fact that staff recorded, with its evidence."""

    __tablename__ = "credential"
    id: Mapped[str] = db.key("crd")
    requirement: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[str | None] = db.ref("org")
    account_id: Mapped[str | None] = db.ref("acc")
    service_kind: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(100))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    evidence: Mapped[list[dict[str, Any]]]
    training_id: Mapped[str | None] = db.ref("trs")
    recorded_by: Mapped[str] = db.ref("acc", index=False)
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
