"""Table of plan templates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class PlanTemplate(Base, db.Tenanted, db.Versioned):
    """A version of a template; what it says never changes."""

    __tablename__ = "plan_template"
    __table_args__ = (
        UniqueConstraint("district_code", "key", "number"),
        Index(
            "uq_plan_template_current",
            "district_code",
            "key",
            unique=True,
            postgresql_where=text("status = 'current'"),
        ),
    )

    id: Mapped[str] = db.key("ptl")
    key: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    scale: Mapped[str] = mapped_column(String(10))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(10))
    rules: Mapped[dict[str, Any]]
    rules_hash: Mapped[str] = mapped_column(String(64))
