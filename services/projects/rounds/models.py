"""Tables of rounds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis import db
from services.projects.models import Base


class RoundPolicy(Base):
    """The district's default rules per scale of round: data that the bureau may change."""

    __tablename__ = "round_policy"

    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    scale: Mapped[str] = mapped_column(String(10), primary_key=True)
    rules: Mapped[dict[str, Any]]


class PoolLine(Base, db.Tenanted, db.Versioned):
    """A funder's share of the pool; it is one of resources' offers and reserved there."""

    __tablename__ = "pool_line"
    __table_args__ = (UniqueConstraint("district_code", "round_id", "offer_id"),)

    id: Mapped[str] = db.key("pol")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    offer_id: Mapped[str] = db.ref("ofr")
    funder_organisation_id: Mapped[str] = db.ref("org")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(200))
    earmark: Mapped[dict[str, Any] | None]


class Round(Base, db.Tenanted, db.Versioned):
    """A round with its rules as data."""

    __tablename__ = "round"

    id: Mapped[str] = db.key("rnd")
    name: Mapped[str] = mapped_column(String(120))
    scale: Mapped[str] = mapped_column(String(10))
    fields: Mapped[list[str]]
    description: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), index=True)
    budget_fen: Mapped[int] = mapped_column(BigInteger)
    pool_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    cap_fen: Mapped[int] = mapped_column(BigInteger)
    eligibility: Mapped[dict[str, Any]]
    rubric: Mapped[list[dict[str, Any]]]
    judges_per_proposal: Mapped[int]
    allocation: Mapped[dict[str, Any]]
    notice_days: Mapped[int]
    tranche_plan: Mapped[list[Any]]
    defence: Mapped[dict[str, Any]]
    has_roadshow: Mapped[bool] = mapped_column(Boolean)
    has_vote: Mapped[bool] = mapped_column(Boolean)
    approvals_limit: Mapped[int]
    vote_rules: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    purpose: Mapped[str | None] = mapped_column(String(30))
    plan_rules: Mapped[dict[str, Any] | None]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    rules_hash: Mapped[str | None] = mapped_column(String(64))
    frozen_rules: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    published_at: Mapped[datetime | None]
    notice_ends_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    amendments: Mapped[list[dict[str, Any]]]
    pool_lines: Mapped[list[PoolLine]] = relationship(lazy="selectin", order_by=PoolLine.id)
