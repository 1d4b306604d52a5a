"""Tables of allocations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class Allocation(Base, db.Tenanted, db.Versioned):
    """This much of an offer for a need. Its street is the need's. ``recipient_organisation_id``: the organisation that
    benefits; of a resident's need nobody but a handler that says so."""

    __tablename__ = "allocation"
    id: Mapped[str] = db.key("alc")
    offer_id: Mapped[str] = db.ref("ofr", "offer.id")
    need_id: Mapped[str] = db.ref("ned", "need.id")
    matching_round_id: Mapped[str | None] = db.ref("mrd", "matching_round.id", nullable=True)
    project_id: Mapped[str | None] = db.ref("prj", nullable=True)
    provider_organisation_id: Mapped[str] = db.ref("org")
    recipient_organisation_id: Mapped[str | None] = db.ref("org")
    recipient_account_id: Mapped[str | None] = db.ref("acc")
    status: Mapped[str] = mapped_column(String(20), default="proposed", index=True)
    kind: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[int] = mapped_column(BigInteger)
    handed_over: Mapped[int] = mapped_column(BigInteger, default=0)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    returned: Mapped[int] = mapped_column(BigInteger, default=0)
    lost: Mapped[int] = mapped_column(BigInteger, default=0)
    used: Mapped[int] = mapped_column(BigInteger, default=0)
    score: Mapped[int] = mapped_column(Integer, default=0)
    terms: Mapped[list[dict[str, Any]]]
    windows: Mapped[list[dict[str, Any]]]
    reserved_until: Mapped[datetime | None]
    timer_id: Mapped[str | None] = mapped_column(String(60))
    received_at: Mapped[datetime | None]
    received_by: Mapped[str | None] = mapped_column(String(20))
    proxy_reason: Mapped[str | None] = mapped_column(Text)
    proxy_relation: Mapped[str | None] = mapped_column(String(20))
    report: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[list[str]] = mapped_column(default=list)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    __table_args__ = (
        CheckConstraint(
            "0 <= received AND received <= handed_over AND handed_over <= quantity AND quantity > 0", name="counters"
        ),
        CheckConstraint(
            "returned >= 0 AND lost >= 0 AND handed_over + returned + lost <= quantity AND used >= 0"
            " AND used <= received",
            name="parts",
        ),
    )
