"""Tables of agreements."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis import db
from services.projects.models import Base


class AgreementSignature(Base, db.Tenanted):
    """One side's signature: who, when, and the hash of what was signed."""

    __tablename__ = "agreement_signature"
    __table_args__ = (UniqueConstraint("district_code", "agreement_id", "side"),)

    id: Mapped[str] = db.key("sgn")
    agreement_id: Mapped[str] = db.ref("agr", "agreement.id")
    side: Mapped[str] = mapped_column(String(1))
    account_id: Mapped[str] = db.ref("acc", index=False)
    role: Mapped[str] = mapped_column(String(30))
    signed_hash: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime]


class Agreement(Base, db.Tenanted, db.Versioned):
    """A version of an award's agreement: its terms as data, the same in words, and the hashes of both."""

    __tablename__ = "agreement"
    __table_args__ = (
        UniqueConstraint("district_code", "award_id", "number"),
        Index(
            "uq_agreement_open",
            "award_id",
            unique=True,
            postgresql_where=text("status IN ('proposed', 'signed_by_a', 'signed_by_b')"),
        ),
        Index("uq_agreement_in_force", "award_id", unique=True, postgresql_where=text("status = 'in_force'")),
    )

    id: Mapped[str] = db.key("agr")
    award_id: Mapped[str] = db.ref("awd", "award.id")
    organisation_id: Mapped[str] = db.ref("org")
    number: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(String(12))
    terms: Mapped[dict[str, Any]]
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[str | None] = db.ref("acc", index=False)
    proposed_by_side: Mapped[str] = mapped_column(String(1))
    in_force_at: Mapped[datetime | None]
    signatures: Mapped[list[AgreementSignature]] = relationship(lazy="selectin", order_by=AgreementSignature.id)
