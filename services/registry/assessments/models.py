"""Tables of assessments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Assessment(Base, db.Tenanted, db.Versioned):
    """One organisation assessed once; its grade has an end."""

    __tablename__ = "assessment"
    id: Mapped[str] = db.key("asm")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    rulebook_id: Mapped[str] = db.ref("rul", "rulebook.id")
    purpose: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12), index=True)
    planned_by: Mapped[str | None] = db.ref("acc", index=False)
    score_hundredths: Mapped[int | None] = mapped_column(Integer)
    grade: Mapped[str | None] = mapped_column(String(8))
    criteria: Mapped[list[dict[str, Any]]]
    published_at: Mapped[datetime | None]
    appeal_until: Mapped[datetime | None]
    graded_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    ended_reason: Mapped[str | None] = mapped_column(Text)
    timer_id: Mapped[str | None] = mapped_column(String(60))
    __table_args__ = (
        Index(
            "uq_assessment_open",
            "organisation_id",
            unique=True,
            postgresql_where=text("status IN ('planned','scoring','tallied','published','appealed')"),
        ),
        Index(
            "uq_assessment_confirmed",
            "organisation_id",
            unique=True,
            postgresql_where=text("status = 'confirmed'"),
        ),
    )


class AssessmentSheet(Base, db.Tenanted, db.Versioned):
    """What one assessor says."""

    __tablename__ = "assessment_sheet"
    id: Mapped[str] = db.key("ash")
    assessment_id: Mapped[str] = db.ref("asm", "assessment.id")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    account_id: Mapped[str] = db.ref("acc")
    status: Mapped[str] = mapped_column(String(10))
    recusal_reason: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("assessment_id", "account_id"),)


class AssessmentScore(Base, db.Tenanted):
    """One criterion of one sheet."""

    __tablename__ = "assessment_score"
    id: Mapped[str] = db.key("asc")
    assessment_sheet_id: Mapped[str] = db.ref("ash", "assessment_sheet.id")
    criterion: Mapped[str] = mapped_column(String(40))
    score: Mapped[int] = mapped_column(Integer)
    comment: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]]]
    __table_args__ = (UniqueConstraint("assessment_sheet_id", "criterion"),)


class AssessmentCorrection(Base, db.Tenanted):
    """A locked score that two people changed, or one wanted to."""

    __tablename__ = "assessment_correction"
    id: Mapped[str] = db.key("acr")
    assessment_id: Mapped[str] = db.ref("asm", "assessment.id")
    assessment_sheet_id: Mapped[str] = db.ref("ash", "assessment_sheet.id", index=False)
    criterion: Mapped[str] = mapped_column(String(40))
    was: Mapped[int] = mapped_column(Integer)
    became: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[str | None] = db.ref("acc", index=False)
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = db.ref("acc", index=False)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(Text)


class AssessmentAppeal(Base, db.Tenanted):
    """Against a published result; settled by two people."""

    __tablename__ = "assessment_appeal"
    id: Mapped[str] = db.key("aap")
    assessment_id: Mapped[str] = db.ref("asm", "assessment.id")
    text: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]]]
    status: Mapped[str] = mapped_column(String(10))
    raised_by: Mapped[str | None] = db.ref("acc", index=False)
    raised_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[str | None] = db.ref("acc", index=False)
    settled_by: Mapped[str | None] = db.ref("acc", index=False)
    settled_at: Mapped[datetime | None]
