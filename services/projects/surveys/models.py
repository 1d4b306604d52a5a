"""Tables of needs surveys."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class NeedsSurvey(Base, db.Tenanted, db.Versioned):
    """The questionnaire of a round, and what it found."""

    __tablename__ = "needs_survey"
    __table_args__ = (UniqueConstraint("district_code", "round_id"),)

    id: Mapped[str] = db.key("nsv")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    title: Mapped[str] = mapped_column(String(120))
    status: Mapped[str] = mapped_column(String(10))
    questions: Mapped[list[dict[str, Any]]]
    respondents: Mapped[list[str]]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    result_hash: Mapped[str | None] = mapped_column(String(64))


class SurveyAnswer(Base, db.Tenanted):
    """One answer. A resident is only a hash, enough to answer once; the street is that of who answered."""

    __tablename__ = "survey_answer"
    __table_args__ = (UniqueConstraint("survey_id", "respondent_key"),)

    id: Mapped[str] = db.key("sva")
    survey_id: Mapped[str] = db.ref("nsv", "needs_survey.id")
    respondent: Mapped[str] = mapped_column(String(20))
    respondent_key: Mapped[str] = mapped_column(String(64))
    organisation_id: Mapped[str | None] = db.ref("org", index=False)
    community_code: Mapped[str | None] = mapped_column(String(12))
    answers: Mapped[dict[str, Any]]
    answered_on: Mapped[date]
