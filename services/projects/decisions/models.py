"""Tables of decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class Decision(Base, db.Tenanted, db.Versioned):
    """What the frozen rule made of scores and ballots: inputs, outcomes and their hashes.

    ``computed`` is the rule's own result, ``revisions`` what upheld objections changed since.
    """

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("district_code", "round_id"),)

    id: Mapped[str] = db.key("dec")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    status: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(String(40))
    rules_hash: Mapped[str] = mapped_column(String(64))
    inputs: Mapped[dict[str, Any]]
    input_hash: Mapped[str] = mapped_column(String(64))
    outcomes: Mapped[list[dict[str, Any]]]
    computed: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]", default=list)
    revisions: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]", default=list)
    result_hash: Mapped[str] = mapped_column(String(64))
    budget_fen: Mapped[int] = mapped_column(BigInteger)
    spent_fen: Mapped[int] = mapped_column(BigInteger)
    determined_at: Mapped[datetime]
    notice_published_at: Mapped[datetime | None]
    notice_ends_at: Mapped[datetime | None]


class DecisionOverride(Base, db.Tenanted, db.Versioned):
    """A departure from the rule: proposed by one person, in effect when another signs."""

    __tablename__ = "decision_override"

    id: Mapped[str] = db.key("ovr")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    status: Mapped[str] = mapped_column(String(10))
    changes: Mapped[list[dict[str, Any]]]
    reason: Mapped[str] = mapped_column(Text)
    first_signer: Mapped[str | None] = db.ref("acc", index=False)
    second_signer: Mapped[str | None] = db.ref("acc", index=False)
    proposed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class RoundObjection(Base, db.Tenanted, db.Versioned):
    """An objection to a proposal on notice."""

    __tablename__ = "round_objection"

    id: Mapped[str] = db.key("obj")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    proposal_id: Mapped[str] = db.ref("prp", "proposal.id")
    status: Mapped[str] = mapped_column(String(10))
    grounds: Mapped[str] = mapped_column(Text)
    finding: Mapped[str | None] = mapped_column(Text)
    raised_by: Mapped[str | None] = db.ref("acc", index=False)
    raised_at: Mapped[datetime]
    settled_by: Mapped[str | None] = db.ref("acc", index=False)
    settled_at: Mapped[datetime | None]
