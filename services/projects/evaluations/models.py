"""Tables of evaluations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class EvaluationRubric(Base):
    """A version of what is looked at; the highest number is in force."""

    __tablename__ = "evaluation_rubric"
    __table_args__ = (UniqueConstraint("district_code", "kind", "number"),)

    id: Mapped[str] = db.key("erb")
    district_code: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(SmallInteger)
    rules: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


class EvaluationRun(Base, db.Tenanted, db.Versioned):
    """An evaluation from its evaluators to its result; one of a kind that was not called off."""

    __tablename__ = "evaluation_run"
    __table_args__ = (
        Index(
            "ux_evaluation_run_kind",
            "district_code",
            "project_id",
            "kind",
            unique=True,
            postgresql_where=text("status <> 'cancelled'"),
        ),
    )

    id: Mapped[str] = db.key("evr")
    project_id: Mapped[str] = db.ref("prj", "project.id")
    organisation_id: Mapped[str] = db.ref("org")
    kind: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10), index=True)
    rubric: Mapped[dict[str, Any]]
    score: Mapped[int | None] = mapped_column(SmallInteger)
    grade: Mapped[str | None] = mapped_column(String(1))
    appeals: Mapped[int] = mapped_column(SmallInteger)
    appeal_until_on: Mapped[date | None] = mapped_column(Date)
    organisation_comment: Mapped[str | None] = mapped_column(Text)
    appeal_grounds: Mapped[str | None] = mapped_column(Text)
    finding: Mapped[str | None] = mapped_column(Text)
    announced_at: Mapped[datetime | None]
    concluded_at: Mapped[datetime | None]


class EvaluationSheet(Base, db.Tenanted, db.Versioned):
    """An evaluator and the points; ``conflict`` says why they are recused."""

    __tablename__ = "evaluation_sheet"
    __table_args__ = (UniqueConstraint("evaluation_run_id", "account_id"),)

    id: Mapped[str] = db.key("esh")
    evaluation_run_id: Mapped[str] = db.ref("evr", "evaluation_run.id")
    account_id: Mapped[str] = db.ref("acc")
    organisation_id: Mapped[str | None] = db.ref("org")
    mentored_organisation_ids: Mapped[list[str]]
    status: Mapped[str] = mapped_column(String(10))
    conflict: Mapped[str | None] = mapped_column(String(30))
    conflict_note: Mapped[str | None] = mapped_column(Text)
    scores: Mapped[dict[str, Any]]
    comment: Mapped[str | None] = mapped_column(Text)
