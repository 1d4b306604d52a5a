"""Tables of roadshows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class Roadshow(Base, db.Tenanted, db.Versioned):
    """The roadshow of a round."""

    __tablename__ = "roadshow"
    __table_args__ = (UniqueConstraint("district_code", "round_id"),)

    id: Mapped[str] = db.key("rds")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    status: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    break_minutes: Mapped[int]
    draw_secret: Mapped[str | None] = mapped_column(String(64))
    draw_commitment: Mapped[str | None] = mapped_column(String(64))
    draw_source: Mapped[str | None] = mapped_column(String(200))
    draw_public: Mapped[str | None] = mapped_column(String(200))
    draw_seed: Mapped[str | None] = mapped_column(String(64))
    review_plan_id: Mapped[str | None] = db.ref("rvp", index=False)
    tally_hash: Mapped[str | None] = mapped_column(String(64))


class RoadshowSession(Base, db.Tenanted, db.Versioned):
    """A room for a half-day; ``panel`` lists the accounts of the judges who sit in it."""

    __tablename__ = "roadshow_session"

    id: Mapped[str] = db.key("rse")
    roadshow_id: Mapped[str] = db.ref("rds", "roadshow.id")
    room: Mapped[str] = mapped_column(String(100))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    panel: Mapped[list[str]]


class Pitch(Base, db.Tenanted, db.Versioned):
    """A proposal's turn; score, spread and warnings are filled by the tally."""

    __tablename__ = "pitch"
    __table_args__ = (UniqueConstraint("district_code", "proposal_id"),)

    id: Mapped[str] = db.key("pit")
    roadshow_id: Mapped[str] = db.ref("rds", "roadshow.id")
    proposal_id: Mapped[str] = db.ref("prp", "proposal.id")
    number: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime]
    questions_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    session_id: Mapped[str | None] = db.ref("rse", "roadshow_session.id")
    place_number: Mapped[int | None]
    clock: Mapped[str] = mapped_column(String(10), default="stopped", server_default="stopped")
    phase_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_seconds: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    calendar_sequence: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    calendar_at: Mapped[datetime | None]
    score: Mapped[str | None] = mapped_column(String(12))
    spread: Mapped[str | None] = mapped_column(String(12))
    warnings: Mapped[list[str]]
