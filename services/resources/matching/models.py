"""Tables of matching rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class MatchingRound(Base, db.Tenanted, db.Versioned):
    """One global solve over the open offers and needs of a street or of the district."""

    __tablename__ = "matching_round"
    id: Mapped[str] = db.key("mrd")
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str | None] = mapped_column(String(20))
    fairness_percent: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(20), default="created")
    offers: Mapped[int] = mapped_column(Integer, default=0)
    needs: Mapped[int] = mapped_column(Integer, default=0)
    matches: Mapped[int] = mapped_column(Integer, default=0)
    unmet: Mapped[int] = mapped_column(Integer, default=0)
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    bundle: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    solved_at: Mapped[datetime | None]


class NeedResult(Base, db.Tenanted):
    """What a round did for one need, and why; its street is the need's."""

    __tablename__ = "need_result"
    id: Mapped[str] = db.key("nrs")
    matching_round_id: Mapped[str] = db.ref("mrd", "matching_round.id")
    need_id: Mapped[str] = db.ref("ned", "need.id")
    wanted: Mapped[int] = mapped_column(BigInteger)
    matched: Mapped[int] = mapped_column(BigInteger)
    need_price: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(String(20))
    matches: Mapped[list[dict[str, Any]]]
    alternatives: Mapped[list[dict[str, Any]]]
    exclusions: Mapped[list[dict[str, Any]]]
    __table_args__ = (UniqueConstraint("district_code", "matching_round_id", "need_id"),)
