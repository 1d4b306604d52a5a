"""Tables of awards and tranches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis import db
from services.projects.models import Base


class Tranche(Base, db.Tenanted, db.Versioned):
    """A share of an award."""

    __tablename__ = "tranche"
    __table_args__ = (
        UniqueConstraint("district_code", "award_id", "number"),
        CheckConstraint("amount_fen >= 0", name="amount"),
    )

    id: Mapped[str] = db.key("trn")
    award_id: Mapped[str] = db.ref("awd", "award.id")
    number: Mapped[int]
    percent: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(20))
    released_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    bank_reference: Mapped[str | None] = mapped_column(String(80))


class Award(Base, db.Tenanted, db.Versioned):
    """An award with its agreement. The database itself refuses to pay more than the award or to get back more."""

    __tablename__ = "award"
    __table_args__ = (
        UniqueConstraint("district_code", "proposal_id"),
        CheckConstraint("disbursed_fen <= amount_fen", name="never_above"),
        CheckConstraint("returned_fen >= 0 AND returned_fen <= disbursed_fen", name="returned"),
    )

    id: Mapped[str] = db.key("awd")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    proposal_id: Mapped[str] = db.ref("prp", "proposal.id")
    organisation_id: Mapped[str] = db.ref("org")
    project_id: Mapped[str | None] = db.ref("prj")
    status: Mapped[str] = mapped_column(String(20))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    disbursed_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    returned_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    agreement_hash: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str | None] = db.ref("acc", index=False)
    declined_reason: Mapped[str | None] = mapped_column(Text)
    tranches: Mapped[list[Tranche]] = relationship(lazy="selectin", order_by=Tranche.number)
