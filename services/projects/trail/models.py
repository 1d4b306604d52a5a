"""Tables of the trail. ``payload``, ``salt`` and the actor are erasable; everything else is hashed for ever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Index, LargeBinary, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class TrailEntry(Base):
    """One leaf. ``payload`` is the canonical text the commitment covers; ``street_codes`` empty: whole district.

    ``organisation_ids``: every organisation the event names as a party (contracts/parties.py); each may read it.
    """

    __tablename__ = "trail_entry"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(db.TypeId("evt"))
    event: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    subject_version: Mapped[int] = mapped_column(BigInteger)
    occurred_at: Mapped[datetime]
    street_codes: Mapped[list[str]]
    organisation_id: Mapped[str | None] = mapped_column(String(60))
    organisation_ids: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    actor_account_id: Mapped[str | None] = mapped_column(String(120))
    actor_role: Mapped[str | None] = mapped_column(String(40))
    payload: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    tombstone: Mapped[bool] = mapped_column(Boolean)
    appended_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("district_code", "event_id"),
        UniqueConstraint("district_code", "source", "subject", "subject_version"),
        Index("ix_trail_entry_subject", "district_code", "subject", "index"),
        Index("ix_trail_entry_parties", "organisation_ids", postgresql_using="gin"),
        Index("ix_trail_entry_actor", "district_code", "actor_account_id", "index"),
    )


class TrailNode(Base):
    """A complete subtree: level ≥ 1; level 0 is the entry's own ``leaf_hash``."""

    __tablename__ = "trail_node"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class TrailHead(Base):
    """A signed tree head, as it was given out."""

    __tablename__ = "trail_head"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))
    time: Mapped[str] = mapped_column(String(40))
    key_id: Mapped[str] = mapped_column(String(64))
    algorithm: Mapped[str] = mapped_column(String(20))
    signature: Mapped[str] = mapped_column(Text)


class TrailWaiting(Base):
    """An event that came before an earlier one of its aggregate; ``envelope`` is its JSON text."""

    __tablename__ = "trail_waiting"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    subject_version: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(db.TypeId("evt"))
    envelope: Mapped[str] = mapped_column(Text)
    tombstone: Mapped[bool] = mapped_column(Boolean)
    held_at: Mapped[datetime]
