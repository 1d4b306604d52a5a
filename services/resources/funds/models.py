"""Tables of funds set aside for rounds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class PoolLine(Base, db.Tenanted):
    """A line of a round's fund pool (projects owns it) and what we answered: reserved, refused or released.

    Once its round is archived it is settled: ``used_fen`` was given away, the rest went back to the offer.
    """

    __tablename__ = "pool_line"
    id: Mapped[str] = db.key("pol")
    round_id: Mapped[str] = db.ref("rnd")
    offer_id: Mapped[str] = db.ref("ofr")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[datetime]
    source_version: Mapped[int] = mapped_column(BigInteger)
    used_fen: Mapped[int | None] = mapped_column(BigInteger)
