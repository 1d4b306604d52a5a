"""Tables of changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class DeliveryPolicy(Base):
    """What a district set of the rules for changes and early ends; what it did not is the default."""

    __tablename__ = "delivery_policy"

    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    rules: Mapped[dict[str, Any]]


class ProjectChange(Base, db.Tenanted, db.Versioned):
    """A change of the plan: ``changed`` is ``[{part, before, after}]`` on top of version ``plan_number``."""

    __tablename__ = "project_change"

    id: Mapped[str] = db.key("pjc")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    organisation_id: Mapped[str] = db.ref("org")
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(10), index=True)
    decider: Mapped[str] = mapped_column(String(6))
    plan_number: Mapped[int] = mapped_column(SmallInteger)
    changed: Mapped[list[dict[str, Any]]]
    reason: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]


class ProjectPlan(Base, db.Tenanted):
    """A version of the plan that was or is in force; the highest number is."""

    __tablename__ = "project_plan"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[str] = db.key("pjp")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    number: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(String(12))
    project_change_id: Mapped[str | None] = db.ref("pjc", "project_change.id", index=False)
    parts: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
