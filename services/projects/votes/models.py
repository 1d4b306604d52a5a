"""Tables of votes. ``participation`` (who) and ``ballot`` (what) share no key, order, time or event.

The two rows of one voter are written by one transaction, which PostgreSQL remembers in hidden columns. So each ballot
is written together with others already cast (``storing.py``), and after the close all of both is written again, sorted.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db, ids
from services.projects.models import Base


def random_ballot_id() -> str:
    """Random, without a timestamp: ids of the house sort by time, these must not."""
    return ids.encode("blt", uuid.UUID(bytes=secrets.token_bytes(16), version=4))


class Vote(Base, db.Tenanted, db.Versioned):
    """The residents' vote of a round. ``withdrawn_ids``: candidates that had withdrawn when it closed."""

    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("district_code", "round_id"),)

    id: Mapped[str] = db.key("vot")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    status: Mapped[str] = mapped_column(String(10))
    attempt: Mapped[int] = mapped_column(SmallInteger, server_default="1")
    proposal_ids: Mapped[list[str]]
    withdrawn_ids: Mapped[list[str]] = mapped_column(server_default="[]")
    approvals_limit: Mapped[int]
    rules: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    participation: Mapped[int | None]
    ballots: Mapped[int | None]
    spoilt: Mapped[int | None]
    commitment: Mapped[str | None] = mapped_column(String(64))
    form: Mapped[str | None] = mapped_column(String(20))
    seal: Mapped[str | None] = mapped_column(String(64))
    seal_salt: Mapped[str | None] = mapped_column(String(64))
    cancelled: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")


class Participation(Base):
    """That somebody voted, in which place and by which channel: nothing of when or what."""

    __tablename__ = "participation"

    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    round_id: Mapped[str] = mapped_column(db.TypeId("rnd"), primary_key=True)
    account_id: Mapped[str] = mapped_column(db.TypeId("acc"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), server_default="online")
    place_code: Mapped[str | None] = mapped_column(String(12))


class Ballot(Base):
    """What somebody chose: nothing of who or when. ``commitment`` is SHA-256(salt ‖ canonical choice); ``mark`` is the
    hash of what the voter's device made up, and known to no account."""

    __tablename__ = "ballot"
    __table_args__ = (
        Index("ix_ballot_round_id_id", "round_id", "id"),
        Index("uq_ballot_round_id_mark", "round_id", "mark", unique=True),
    )

    id: Mapped[str] = mapped_column(db.TypeId("blt"), primary_key=True, default=random_ballot_id)
    district_code: Mapped[str] = mapped_column(String(6), index=True)
    round_id: Mapped[str] = mapped_column(db.TypeId("rnd"), index=True)
    channel: Mapped[str] = mapped_column(String(10), server_default="online")
    choice: Mapped[Any] = mapped_column(JSONB)
    salt: Mapped[str] = mapped_column(String(64))
    commitment: Mapped[str] = mapped_column(String(64), index=True)
    mark: Mapped[str | None] = mapped_column(String(64))


class PaperVoter(Base, db.Tenanted):
    """An entry of the paper register: the number on the polling place's list, and the account where there is one."""

    __tablename__ = "paper_voter"
    __table_args__ = (UniqueConstraint("district_code", "round_id", "number"),)

    id: Mapped[str] = db.key("ppv")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    number: Mapped[str] = mapped_column(String(40))
    place_code: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[str | None] = db.ref("acc")
    status: Mapped[str] = mapped_column(String(10))
    marked_by: Mapped[str | None] = mapped_column(db.TypeId("acc"))
    reason: Mapped[str | None] = mapped_column(Text)


class PaperBatch(Base, db.Tenanted, db.Versioned):
    """A stack of paper ballots on its way through two keys."""

    __tablename__ = "paper_batch"

    id: Mapped[str] = db.key("pbt")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    label: Mapped[str] = mapped_column(String(80))
    place_code: Mapped[str] = mapped_column(String(12))
    sheets: Mapped[int]
    status: Mapped[str] = mapped_column(String(12))
    first_keyer: Mapped[str | None] = mapped_column(db.TypeId("acc"))
    second_keyer: Mapped[str | None] = mapped_column(db.TypeId("acc"))
    agreed: Mapped[int]
    differences: Mapped[list[dict[str, Any]]]
    settlements: Mapped[list[dict[str, Any]]]
    void_reason: Mapped[str | None] = mapped_column(Text)


class PaperEntry(Base):
    """What one person read on one sheet: key 1, 2, or 3 where a third settled it."""

    __tablename__ = "paper_entry"

    batch_id: Mapped[str] = mapped_column(db.TypeId("pbt"), ForeignKey("paper_batch.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    key: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    reading: Mapped[dict[str, Any]]
