"""Table of recoveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class Recovery(Base, db.Tenanted, db.Versioned):
    """A claim against the organisation of a terminated project; the database refuses to recover more than it."""

    __tablename__ = "recovery"
    __table_args__ = (
        UniqueConstraint("district_code", "award_id"),
        CheckConstraint("amount_fen > 0 AND recovered_fen >= 0 AND recovered_fen <= amount_fen", name="never_above"),
    )

    id: Mapped[str] = db.key("rcv")
    award_id: Mapped[str] = db.ref("awd", "award.id")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    organisation_id: Mapped[str] = db.ref("org")
    status: Mapped[str] = mapped_column(String(20))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    recovered_fen: Mapped[int] = mapped_column(BigInteger)
    plan: Mapped[str] = mapped_column(Text)
    instalments: Mapped[list[dict[str, Any]]]
    reason: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[str | None] = db.ref("acc", index=False)
    settled_at: Mapped[datetime | None]
