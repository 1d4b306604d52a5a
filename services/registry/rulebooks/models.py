"""Tables of rulebooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Rulebook(Base, db.Tenanted, db.Versioned):
    """One version of a rubric or a cultivation rule; a published one is never written again but to retire it."""

    __tablename__ = "rulebook"
    id: Mapped[str] = db.key("rul")
    kind: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(100))
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10))
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    retired_reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("district_code", "kind", "code", "number"),
        Index(
            "uq_rulebook_in_force",
            "district_code",
            "kind",
            "code",
            unique=True,
            postgresql_where=text("status = 'published'"),
        ),
    )
