"""Tables of roadshows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
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
    draw_seed: Mapped[str | None] = mapped_column(String(64))
    tally_hash: Mapped[str | None] = mapped_column(String(64))


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
    score: Mapped[str | None] = mapped_column(String(12))
    spread: Mapped[str | None] = mapped_column(String(12))
    warnings: Mapped[list[str]]
