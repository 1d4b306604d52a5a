"""Tables of votes. ``participation`` (who) and ``ballot`` (what) share no key, order, time or event.

While a vote is open the two rows of one voter were written by one transaction, which PostgreSQL remembers in hidden
columns; closing rewrites every ballot in the order of its commitment, so that this trace is gone as well.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db, ids
from services.projects.models import Base


def random_ballot_id() -> str:
    """Random, without a timestamp: ids of the house sort by time, these must not."""
    return ids.encode("blt", uuid.UUID(bytes=secrets.token_bytes(16), version=4))


class Vote(Base, db.Tenanted, db.Versioned):
    """The residents' vote of a round."""

    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("district_code", "round_id"),)

    id: Mapped[str] = db.key("vot")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    status: Mapped[str] = mapped_column(String(10))
    proposal_ids: Mapped[list[str]]
    approvals_limit: Mapped[int]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    participation: Mapped[int | None]
    commitment: Mapped[str | None] = mapped_column(String(64))


class Participation(Base):
    """That somebody voted: nothing of when or what."""

    __tablename__ = "participation"

    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    round_id: Mapped[str] = mapped_column(db.TypeId("rnd"), primary_key=True)
    account_id: Mapped[str] = mapped_column(db.TypeId("acc"), primary_key=True)


class Ballot(Base):
    """What somebody chose: nothing of who or when. ``commitment`` is SHA-256(salt ‖ canonical choice)."""

    __tablename__ = "ballot"

    id: Mapped[str] = mapped_column(db.TypeId("blt"), primary_key=True, default=random_ballot_id)
    district_code: Mapped[str] = mapped_column(String(6), index=True)
    round_id: Mapped[str] = mapped_column(db.TypeId("rnd"), index=True)
    choice: Mapped[list[str]]
    salt: Mapped[str] = mapped_column(String(64))
    commitment: Mapped[str] = mapped_column(String(64), index=True)
