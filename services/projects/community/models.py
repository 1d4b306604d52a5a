"""Tables of community projects."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, Integer, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class CommunityProject(Base, db.Tenanted, db.Versioned):
    """A project that a street or a community puts online. The database refuses to plan or spend above the budget."""

    __tablename__ = "community_project"
    __table_args__ = (
        CheckConstraint("planned_fen >= 0 AND planned_fen <= budget_fen", name="planned_within"),
        CheckConstraint("spent_fen >= 0 AND spent_fen <= budget_fen", name="spent_within"),
    )

    id: Mapped[str] = db.key("cpj")
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[str]]
    status: Mapped[str] = mapped_column(String(10), index=True)
    community_code: Mapped[str | None] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    host_organisation_id: Mapped[str | None] = db.ref("org")
    drafted_by: Mapped[str] = db.ref("acc", index=False)
    budget_fen: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[list[dict[str, Any]]]
    planned_fen: Mapped[int] = mapped_column(BigInteger)
    spent_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class CommunitySession(Base, db.Tenanted, db.Versioned):
    """A session: when, where, what is needed. It never spends more than its part of the budget."""

    __tablename__ = "community_session"
    __table_args__ = (
        UniqueConstraint("community_project_id", "number"),
        CheckConstraint("spent_fen >= 0 AND spent_fen <= budget_fen", name="spent_within"),
    )

    id: Mapped[str] = db.key("csn")
    community_project_id: Mapped[str] = db.ref("cpj", "community_project.id")
    number: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    needs: Mapped[list[dict[str, Any]]]
    budget_fen: Mapped[int] = mapped_column(BigInteger)
    spent_fen: Mapped[int] = mapped_column(BigInteger)
    attended: Mapped[int | None] = mapped_column(Integer)
    summary: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]]]
    reason: Mapped[str | None] = mapped_column(Text)


class CommunitySpending(Base, db.Tenanted):
    """Money of a session, with its receipts."""

    __tablename__ = "community_spending"

    id: Mapped[str] = db.key("cps")
    community_project_id: Mapped[str] = db.ref("cpj", "community_project.id")
    community_session_id: Mapped[str] = db.ref("csn", "community_session.id")
    line: Mapped[str] = mapped_column(String(60))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    spent_on: Mapped[date] = mapped_column(Date)
    purpose: Mapped[str] = mapped_column(String(200))
    receipts: Mapped[list[dict[str, Any]]]
    recorded_at: Mapped[datetime]


class CommunityReceipt(Base):
    """A receipt's content hash is used once in a district."""

    __tablename__ = "community_receipt"

    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    community_spending_id: Mapped[str] = db.ref("cps", "community_spending.id")


class CommunityInterest(Base):
    """A resident would like to come; nothing else is kept of them, and nobody else reads who."""

    __tablename__ = "community_interest"

    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    community_project_id: Mapped[str] = mapped_column(db.TypeId("cpj"), primary_key=True)
    account_id: Mapped[str] = mapped_column(db.TypeId("acc"), primary_key=True, index=True)
    signed_up_at: Mapped[datetime]
