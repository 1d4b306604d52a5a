"""Tables of proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis import db
from services.projects.models import Base
from services.projects.rounds.models import Round


class Proposal(Base, db.Tenanted, db.Versioned):
    """A proposal in its newest version; its street is that of its organisation."""

    __tablename__ = "proposal"

    id: Mapped[str] = db.key("prp")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    organisation_id: Mapped[str] = db.ref("org")
    title: Mapped[str] = mapped_column(String(120))
    field: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20), index=True)
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    plan: Mapped[dict[str, Any]]
    budget: Mapped[list[dict[str, Any]]]
    plan_number: Mapped[int]
    return_reason: Mapped[str | None] = mapped_column(Text)
    screening_reason: Mapped[str | None] = mapped_column(String(30))
    screening_note: Mapped[str | None] = mapped_column(Text)
    flags: Mapped[list[dict[str, Any]]]
    submitted_at: Mapped[datetime | None]
    award_id: Mapped[str | None] = db.ref("awd")
    project_id: Mapped[str | None] = db.ref("prj")
    operates_street: Mapped[str | None] = mapped_column(String(9))
    round: Mapped[Round] = relationship(viewonly=True)


class ProposalVersion(Base, db.Tenanted):
    """A text of the plan as it was written: kept for ever."""

    __tablename__ = "proposal_version"
    __table_args__ = (UniqueConstraint("district_code", "proposal_id", "number"),)

    id: Mapped[str] = db.key("prv")
    proposal_id: Mapped[str] = db.ref("prp", "proposal.id")
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    field: Mapped[str] = mapped_column(String(40))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    plan: Mapped[dict[str, Any]]
    budget: Mapped[list[dict[str, Any]]]
    written_at: Mapped[datetime]
    written_by: Mapped[str | None] = db.ref("acc", index=False)


class ProposalComment(Base, db.Tenanted):
    """A comment on a section."""

    __tablename__ = "proposal_comment"

    id: Mapped[str] = db.key("cmt")
    proposal_id: Mapped[str] = db.ref("prp", "proposal.id")
    section: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    account_id: Mapped[str | None] = db.ref("acc", index=False)
    role: Mapped[str] = mapped_column(String(30))
    commented_at: Mapped[datetime]
    plan_number: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(10), server_default="open", default="open")
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = db.ref("acc", index=False)
    resolution: Mapped[str | None] = mapped_column(Text)
