"""Tables of incubation cases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class IncubationCase(Base, db.Tenanted, db.Versioned):
    """One organisation's way through incubation."""

    __tablename__ = "incubation_case"
    id: Mapped[str] = db.key("cas")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    mode: Mapped[str] = mapped_column(String(8))
    statement: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), index=True)
    drafted_by: Mapped[str | None] = db.ref("acc", index=False)
    asked_from: Mapped[str | None] = mapped_column(String(16))
    question: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None]
    review_due_on: Mapped[date | None]
    review_due_confirmed: Mapped[bool | None]
    review_late: Mapped[bool]
    notice_until: Mapped[datetime | None]
    agreed_on: Mapped[date | None]
    agreement: Mapped[list[dict[str, Any]]]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    months: Mapped[int] = mapped_column(Integer)
    extended_months: Mapped[int] = mapped_column(Integer)
    sought: Mapped[str | None] = mapped_column(String(12))
    closing_reason: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None]
    touched_at: Mapped[datetime]
    __table_args__ = (
        Index(
            "uq_incubation_case_open",
            "organisation_id",
            unique=True,
            postgresql_where=text("status NOT IN ('draft','rejected','graduated','withdrawn','expelled')"),
        ),
    )


class CaseDocument(Base, db.Tenanted):
    """A document of a case; the file itself is in the content-addressed store."""

    __tablename__ = "case_document"
    id: Mapped[str] = db.key("doc")
    case_id: Mapped[str] = db.ref("cas", "incubation_case.id")
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(100))
    evidence: Mapped[list[dict[str, Any]]]
    added_at: Mapped[datetime]


class CaseVote(Base, db.Tenanted):
    """A reviewer's vote, or that they stood aside."""

    __tablename__ = "case_vote"
    id: Mapped[str] = db.key("vot")
    case_id: Mapped[str] = db.ref("cas", "incubation_case.id")
    account_id: Mapped[str] = db.ref("acc")
    choice: Mapped[str] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text)
    cast_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("case_id", "account_id"),)


class CaseObjection(Base, db.Tenanted):
    """An objection during the public notice."""

    __tablename__ = "case_objection"
    id: Mapped[str] = db.key("obj")
    case_id: Mapped[str] = db.ref("cas", "incubation_case.id")
    account_id: Mapped[str | None] = db.ref("acc")
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class CapacityAssessment(Base, db.Tenanted):
    """Scores of 0–100 per dimension, at the start, on the way or at the end."""

    __tablename__ = "capacity_assessment"
    id: Mapped[str] = db.key("cap")
    case_id: Mapped[str] = db.ref("cas", "incubation_case.id")
    kind: Mapped[str] = mapped_column(String(10))
    scores: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(Text)
    account_id: Mapped[str | None] = db.ref("acc")
    assessed_at: Mapped[datetime]
