"""Tables of planning a review."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class Absence(Base, db.Tenanted, db.Versioned):
    """When a judge, an organisation's presenters or a room is not to be had; exactly one of the three."""

    __tablename__ = "review_absence"
    __table_args__ = (
        CheckConstraint("num_nonnulls(account_id, organisation_id, room) = 1", name="one_subject"),
        CheckConstraint("starts_at < ends_at", name="in_order"),
    )

    id: Mapped[str] = db.key("abs")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    account_id: Mapped[str | None] = db.ref("acc")
    organisation_id: Mapped[str | None] = db.ref("org")
    room: Mapped[str | None] = mapped_column(String(100))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class ReviewPlan(Base, db.Tenanted, db.Versioned):
    """What a solver proposed: judges of proposals, or a roadshow's schedule."""

    __tablename__ = "review_plan"

    id: Mapped[str] = db.key("rvp")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    roadshow_id: Mapped[str | None] = db.ref("rds", "roadshow.id")
    kind: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(12))
    panels: Mapped[str | None] = mapped_column(String(10))
    seed: Mapped[int]
    optimal: Mapped[bool] = mapped_column(Boolean)
    minimal: Mapped[bool] = mapped_column(Boolean)
    goals: Mapped[list[dict[str, Any]]]
    sessions: Mapped[list[dict[str, Any]]]
    assignments: Mapped[list[dict[str, Any]]]
    findings: Mapped[list[dict[str, Any]]]
