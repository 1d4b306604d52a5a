"""Tables of growth plans."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Plan(Base, db.Tenanted, db.Versioned):
    """The growth plan of a case; one per case."""

    __tablename__ = "plan"
    id: Mapped[str] = db.key("pln")
    case_id: Mapped[str] = db.ref("cas", "incubation_case.id", unique=True)
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    status: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(Integer)
    approved_number: Mapped[int | None] = mapped_column(Integer)
    touched_at: Mapped[datetime]


class PlanVersion(Base, db.Tenanted):
    """What the plan said; never changed afterwards."""

    __tablename__ = "plan_version"
    id: Mapped[str] = db.key("plv")
    plan_id: Mapped[str] = db.ref("pln", "plan.id")
    number: Mapped[int] = mapped_column(Integer)
    summary: Mapped[str] = mapped_column(Text)
    goals: Mapped[list[dict[str, Any]]]
    account_id: Mapped[str | None] = db.ref("acc")
    written_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("plan_id", "number"),)


class PlanComment(Base, db.Tenanted):
    """A remark on a version."""

    __tablename__ = "plan_comment"
    id: Mapped[str] = db.key("com")
    plan_id: Mapped[str] = db.ref("pln", "plan.id")
    number: Mapped[int] = mapped_column(Integer)
    account_id: Mapped[str | None] = db.ref("acc")
    role: Mapped[str] = mapped_column(String(20))
    section: Mapped[str | None] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]


class StageReview(Base, db.Tenanted):
    """How a goal of an approved version went; never changed afterwards."""

    __tablename__ = "plan_stage_review"
    id: Mapped[str] = db.key("psr")
    plan_id: Mapped[str] = db.ref("pln", "plan.id")
    number: Mapped[int] = mapped_column(Integer)
    goal: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(String(8))
    note: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]]]
    account_id: Mapped[str | None] = db.ref("acc", index=False)
    role: Mapped[str] = mapped_column(String(20))
    reviewed_at: Mapped[datetime]
