"""Tables of party building. No column may ever hold a person: a test reads this module's tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class PartyKind(Base, db.Tenanted):
    """A form the district added, or whose rule it changed."""

    __tablename__ = "party_kind"
    id: Mapped[str] = db.key("pkd")
    code: Mapped[str] = mapped_column(String(40))
    zh: Mapped[str] = mapped_column(String(30))
    en: Mapped[str] = mapped_column(String(60))
    least_members: Mapped[int] = mapped_column(Integer)
    covers: Mapped[bool]
    __table_args__ = (UniqueConstraint("district_code", "code"),)


class PartyOrganisation(Base, db.Tenanted, db.Versioned):
    """A party organisation and how many members it has."""

    __tablename__ = "party_organisation"
    id: Mapped[str] = db.key("pto")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    kind: Mapped[str] = mapped_column(String(40))
    founded_on: Mapped[date]
    member_count: Mapped[int] = mapped_column(Integer)
    counted_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10))
    dissolved_on: Mapped[date | None]
    dissolved_reason: Mapped[str | None] = mapped_column(Text)


class PartyCover(Base, db.Tenanted):
    """An organisation that a party organisation covers; its own one too."""

    __tablename__ = "party_cover"
    id: Mapped[str] = db.key("pcv")
    party_organisation_id: Mapped[str] = db.ref("pto", "party_organisation.id")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    __table_args__ = (UniqueConstraint("party_organisation_id", "organisation_id"),)


class PartyMemberCount(Base, db.Tenanted):
    """A count as of a day."""

    __tablename__ = "party_member_count"
    id: Mapped[str] = db.key("pmc")
    party_organisation_id: Mapped[str] = db.ref("pto", "party_organisation.id", index=False)
    as_of: Mapped[date]
    member_count: Mapped[int] = mapped_column(Integer)
    __table_args__ = (UniqueConstraint("party_organisation_id", "as_of"),)


class PartyActivity(Base, db.Tenanted):
    """An activity and how many were there."""

    __tablename__ = "party_activity"
    id: Mapped[str] = db.key("pac")
    party_organisation_id: Mapped[str] = db.ref("pto", "party_organisation.id")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    kind: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[date] = mapped_column(index=True)
    attendance: Mapped[int] = mapped_column(Integer)
    topic: Mapped[str] = mapped_column(String(100))
    evidence: Mapped[list[dict[str, Any]]]
    recorded_at: Mapped[datetime]
