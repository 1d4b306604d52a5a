"""Tables of the review."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class Judge(Base, db.Tenanted):
    """A member of a round's panel."""

    __tablename__ = "judge"
    __table_args__ = (UniqueConstraint("district_code", "round_id", "account_id"),)

    id: Mapped[str] = db.key("jdg")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    account_id: Mapped[str] = db.ref("acc")
    organisation_id: Mapped[str | None] = db.ref("org")
    mentored_organisation_ids: Mapped[list[str]]
    fields: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    proposals_at_most: Mapped[int | None]
    sessions_at_most: Mapped[int | None]


class JudgeAssignment(Base, db.Tenanted):
    """A judge and a proposal; ``conflict`` says why the judge is recused."""

    __tablename__ = "judge_assignment"
    __table_args__ = (UniqueConstraint("district_code", "proposal_id", "judge_account_id"),)

    id: Mapped[str] = db.key("asg")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    proposal_id: Mapped[str] = db.ref("prp")
    judge_account_id: Mapped[str] = db.ref("acc")
    recused: Mapped[bool] = mapped_column(Boolean)
    conflict: Mapped[str | None] = mapped_column(String(30))
    conflict_note: Mapped[str | None] = mapped_column(Text)


class ScoreSheet(Base, db.Tenanted, db.Versioned):
    """One judge's points for one proposal; the salt keeps its published hash from being guessed."""

    __tablename__ = "score_sheet"
    __table_args__ = (UniqueConstraint("district_code", "proposal_id", "judge_account_id"),)

    id: Mapped[str] = db.key("sht")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    proposal_id: Mapped[str] = db.ref("prp")
    judge_account_id: Mapped[str] = db.ref("acc")
    status: Mapped[str] = mapped_column(String(10))
    scores: Mapped[dict[str, Any]]
    comment: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(64))
    sheet_hash: Mapped[str | None] = mapped_column(String(64))
    corrected: Mapped[bool] = mapped_column(Boolean, default=False)
    locked_at: Mapped[datetime | None]


class ScoreCorrection(Base, db.Tenanted, db.Versioned):
    """A correction of a locked sheet: what was, what becomes, why, and two signatures."""

    __tablename__ = "score_correction"

    id: Mapped[str] = db.key("cor")
    sheet_id: Mapped[str] = db.ref("sht", "score_sheet.id")
    status: Mapped[str] = mapped_column(String(10))
    scores_before: Mapped[dict[str, Any]]
    scores_after: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    first_signer: Mapped[str] = db.ref("acc", index=False)
    second_signer: Mapped[str | None] = db.ref("acc", index=False)
