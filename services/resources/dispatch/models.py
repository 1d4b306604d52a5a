"""Tables of dispatch."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class Dispatch(Base, db.Tenanted, db.Versioned):
    """Somebody is looked for."""

    __tablename__ = "dispatch"
    id: Mapped[str] = db.key("dsp")
    status: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(100))
    community_code: Mapped[str | None] = mapped_column(String(12))
    cell_code: Mapped[str | None] = mapped_column(String(15))
    skills: Mapped[list[str]]
    credential: Mapped[str | None] = mapped_column(String(40))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    order_id: Mapped[str | None] = db.ref("ord", nullable=True)
    need_id: Mapped[str | None] = db.ref("ned", nullable=True)
    talent_id: Mapped[str | None] = db.ref("tln", "talent.id", nullable=True)
    reason: Mapped[str] = mapped_column(Text)


class DispatchOffer(Base, db.Tenanted, db.Versioned):
    """One person is asked; of a dispatch one at a time, and each person once."""

    __tablename__ = "dispatch_offer"
    id: Mapped[str] = db.key("dof")
    dispatch_id: Mapped[str] = db.ref("dsp", "dispatch.id")
    talent_id: Mapped[str] = db.ref("tln", "talent.id")
    status: Mapped[str] = mapped_column(String(10))
    rank: Mapped[int] = mapped_column(Integer)
    score: Mapped[int] = mapped_column(Integer)
    terms: Mapped[list[dict[str, Any]]]
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = db.ref("acc", nullable=True, index=False)
    note: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        Index("uq_dispatch_offer_person", "district_code", "dispatch_id", "talent_id", unique=True),
        Index(
            "uq_dispatch_offer_waiting",
            "district_code",
            "dispatch_id",
            unique=True,
            postgresql_where=text("status IN ('offered', 'accepted')"),
        ),
    )


class ServiceHours(Base, db.Tenanted, db.Versioned):
    """Minutes of service in the platform record; of a dispatch once."""

    __tablename__ = "service_hours"
    id: Mapped[str] = db.key("shr")
    talent_id: Mapped[str] = db.ref("tln", "talent.id")
    dispatch_id: Mapped[str | None] = db.ref("dsp", "dispatch.id", nullable=True, index=False)
    status: Mapped[str] = mapped_column(String(10))
    minutes: Mapped[int] = mapped_column(Integer)
    served_on: Mapped[date] = mapped_column(Date)
    what: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str | None] = db.ref("acc", nullable=True, index=False)
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes"),
        Index(
            "uq_service_hours_dispatch",
            "district_code",
            "dispatch_id",
            unique=True,
            postgresql_where=text("dispatch_id IS NOT NULL"),
        ),
    )
