"""Tables of seed groups."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base
from services.registry.personal import Sealed


class SeedGroup(Base, db.Tenanted, db.Versioned):
    """People on the way to becoming an organisation."""

    __tablename__ = "seed_group"
    id: Mapped[str] = db.key("sdg")
    name: Mapped[str] = mapped_column(String(100))
    purpose: Mapped[str] = mapped_column(Text)
    community_code: Mapped[str | None] = mapped_column(String(12))
    fields: Mapped[list[str]]
    hub_id: Mapped[str | None] = db.ref("org", "organisation.id")
    organisation_id: Mapped[str | None] = db.ref("org", "organisation.id")
    status: Mapped[str] = mapped_column(String(12))
    touched_at: Mapped[datetime]


class SeedMember(Base, db.Tenanted):
    """A member; the personal fields go when they leave."""

    __tablename__ = "seed_member"
    id: Mapped[str] = db.key("sdm")
    seed_group_id: Mapped[str] = db.ref("sdg", "seed_group.id")
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(Sealed("seed_member.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("seed_member.phone"))
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    account_id: Mapped[str | None] = db.ref("acc", "account.id")
    strengths: Mapped[str] = mapped_column(Text)
    duty: Mapped[str | None] = mapped_column(String(10))
    joined_at: Mapped[datetime]


class SeedMeeting(Base, db.Tenanted):
    """A meeting of the group."""

    __tablename__ = "seed_meeting"
    id: Mapped[str] = db.key("mtg")
    seed_group_id: Mapped[str] = db.ref("sdg", "seed_group.id")
    held_on: Mapped[date]
    attendance: Mapped[int] = mapped_column(Integer)
    topic: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]]]
    # Null in rows older than the quorum: those meetings counted, and go on counting.
    members: Mapped[int | None] = mapped_column(Integer)
    needed: Mapped[int | None] = mapped_column(Integer)
    quorate: Mapped[bool | None]


class SeedStep(Base, db.Tenanted):
    """A step of a group's way, kept after it has become an organisation; ids and facts, nothing personal."""

    __tablename__ = "seed_group_step"
    id: Mapped[str] = db.key("sgs")
    seed_group_id: Mapped[str] = db.ref("sdg", "seed_group.id")
    step: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]]
    account_id: Mapped[str | None] = db.ref("acc", index=False)
    role: Mapped[str] = mapped_column(String(20))
    taken_at: Mapped[datetime]
