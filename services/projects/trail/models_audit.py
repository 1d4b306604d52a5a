"""The table of self-audits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class TrailAudit(Base):
    """One self-audit: what was read and what did not agree. ``sound`` null: not finished; ``findings``: the first."""

    __tablename__ = "trail_audit"
    id: Mapped[str] = mapped_column(db.TypeId("tau"), primary_key=True)
    district_code: Mapped[str] = mapped_column(String(6))
    job_id: Mapped[str] = mapped_column(String(60))
    asked_by: Mapped[str | None] = mapped_column(String(120))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    size: Mapped[int] = mapped_column(BigInteger)
    root: Mapped[str | None] = mapped_column(String(64))
    heads: Mapped[int] = mapped_column(Integer)
    sound: Mapped[bool | None] = mapped_column(Boolean)
    found: Mapped[int] = mapped_column(BigInteger)
    findings: Mapped[list[dict[str, Any]]]
    __table_args__ = (Index("ix_trail_audit_began", "district_code", "began_at"),)
