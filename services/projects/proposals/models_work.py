"""Tables of writing together, and of eligibility as it was found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class Coauthor(Base, db.Tenanted, db.Versioned):
    """An account that was invited to write a proposal with its organisation."""

    __tablename__ = "proposal_coauthor"
    __table_args__ = (UniqueConstraint("proposal_id", "account_id"),)

    id: Mapped[str] = db.key("coa")
    proposal_id: Mapped[str] = db.ref("prp", "proposal.id")
    account_id: Mapped[str] = db.ref("acc")
    status: Mapped[str] = mapped_column(String(10))
    invited_by: Mapped[str | None] = db.ref("acc", index=False)


class Attachment(Base, db.Tenanted):
    """A file of the store that belongs to a proposal; one that was removed stays as a reference of what was."""

    __tablename__ = "proposal_attachment"
    __table_args__ = (
        Index(
            "uq_proposal_attachment_file",
            "proposal_id",
            "sha256",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[str] = db.key("pat")
    proposal_id: Mapped[str] = db.ref("prp", "proposal.id")
    organisation_id: Mapped[str] = db.ref("org", index=False)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(151))
    attached_at: Mapped[datetime]
    attached_by: Mapped[str | None] = db.ref("acc", index=False)
    removed_at: Mapped[datetime | None]


class EligibilityCheck(Base, db.Tenanted):
    """The round's rules applied to a proposal with facts as of an instant; kept for ever."""

    __tablename__ = "eligibility_check"

    id: Mapped[str] = db.key("elg")
    proposal_id: Mapped[str] = db.ref("prp", "proposal.id")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    organisation_id: Mapped[str] = db.ref("org", index=False)
    as_of: Mapped[datetime]
    evaluated_at: Mapped[datetime]
    passed: Mapped[bool] = mapped_column(Boolean)
    results: Mapped[list[dict[str, Any]]]
