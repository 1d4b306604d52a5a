"""Tables of service teams."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class TeamAssignment(Base, db.Tenanted):
    """Who serves a case in one of the two roles, from when until when; one at a time."""

    __tablename__ = "team_assignment"
    id: Mapped[str] = db.key("asg")
    case_id: Mapped[str] = db.ref("cas", "incubation_case.id")
    role: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[str] = db.ref("acc", "account.id")
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    __table_args__ = (
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="interval"),
        Index(
            "uq_team_assignment_serving",
            "case_id",
            "role",
            unique=True,
            postgresql_where=text("valid_until IS NULL"),
        ),
    )


class ResourceLink(Base, db.Tenanted):
    """One of the N back-office resources of a case."""

    __tablename__ = "resource_link"
    id: Mapped[str] = db.key("lnk")
    case_id: Mapped[str] = db.ref("cas", "incubation_case.id")
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    account_id: Mapped[str | None] = db.ref("acc", "account.id")
    offer_id: Mapped[str | None] = db.ref("ofr")
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]


class HandOver(Base, db.Tenanted, db.Versioned):
    """A hand-over dated later: until ``effective_at`` whoever serves goes on serving."""

    __tablename__ = "team_hand_over"
    id: Mapped[str] = db.key("hov")
    case_id: Mapped[str] = db.ref("cas", "incubation_case.id")
    role: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[str] = db.ref("acc", "account.id")
    effective_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
    status: Mapped[str] = mapped_column(String(8))
    outcome: Mapped[str | None] = mapped_column(String(500))
    planned_by: Mapped[str | None] = db.ref("acc", index=False)
    timer_id: Mapped[str | None] = mapped_column(String(40))
    __table_args__ = (
        Index("uq_team_hand_over_planned", "case_id", "role", unique=True, postgresql_where=text("status = 'planned'")),
    )
