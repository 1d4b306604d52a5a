"""Tables of training sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db, secretbox
from services.registry import settings
from services.registry.models import Base
from services.registry.personal import Sealed


class TrainingSession(Base, db.Tenanted, db.Versioned):
    """A session; the secret that its check-in codes follow from never leaves the registry."""

    __tablename__ = "training_session"
    id: Mapped[str] = db.key("trs")
    hub_id: Mapped[str | None] = db.ref("org", "organisation.id")
    programme_id: Mapped[str | None] = db.ref("prg", "programme.id")
    topic: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    venue: Mapped[str] = mapped_column(String(100))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    capacity: Mapped[int] = mapped_column(Integer)
    walk_ins: Mapped[bool]
    secret: Mapped[str] = mapped_column(secretbox.Sealed("training_session.secret", settings.DATA_KEY_FILE))
    status: Mapped[str] = mapped_column(String(10))
    summary: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]]]
    closing_reason: Mapped[str | None] = mapped_column(Text)
    qualifies_months: Mapped[int | None] = mapped_column(Integer)
    qualifies_kinds: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))


class TrainingAttendance(Base, db.Tenanted, db.Versioned):
    """One person at one session: an account, or somebody without one by name. ``number`` is that of the paper list."""

    __tablename__ = "training_attendance"
    id: Mapped[str] = db.key("att")
    training_id: Mapped[str] = db.ref("trs", "training_session.id", index=False)
    number: Mapped[int] = mapped_column(Integer)
    organisation_id: Mapped[str | None] = db.ref("org", "organisation.id")
    account_id: Mapped[str | None] = db.ref("acc")
    name: Mapped[str | None] = mapped_column(Sealed("training_attendance.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("training_attendance.phone"))
    status: Mapped[str] = mapped_column(String(10))
    walk_in: Mapped[bool]
    method: Mapped[str | None] = mapped_column(String(10))
    checked_in_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("training_id", "number"),
        Index(
            "uq_training_attendance_account",
            "training_id",
            "account_id",
            unique=True,
            postgresql_where=text("account_id IS NOT NULL"),
        ),
    )
