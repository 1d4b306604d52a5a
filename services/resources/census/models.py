"""Tables of the census."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base
from services.resources.personal import Sealed


class Census(Base, db.Tenanted, db.Versioned):
    """A campaign of a street."""

    __tablename__ = "census"
    id: Mapped[str] = db.key("csn")
    status: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(Text)
    kinds: Mapped[list[str]]
    questions: Mapped[list[dict[str, Any]]]
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    is_recheck: Mapped[bool] = mapped_column(Boolean)
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    report: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    report_digest: Mapped[str | None] = mapped_column(String(64))


class CensusPlace(Base, db.Tenanted):
    """A community or cell to cover, and how many visits are expected there."""

    __tablename__ = "census_place"
    id: Mapped[str] = db.key("cpl")
    census_id: Mapped[str] = db.ref("csn", "census.id")
    place_code: Mapped[str] = mapped_column(String(15))
    expected: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        UniqueConstraint("district_code", "census_id", "place_code"),
        CheckConstraint("expected > 0", name="expected"),
    )


class CensusAssignment(Base, db.Tenanted):
    """Who visits a place."""

    __tablename__ = "census_assignment"
    id: Mapped[str] = db.key("cea")
    census_id: Mapped[str] = db.ref("csn", "census.id")
    place_code: Mapped[str] = mapped_column(String(15))
    account_id: Mapped[str] = db.ref("acc")
    __table_args__ = (UniqueConstraint("district_code", "census_id", "place_code", "account_id"),)


class CensusRecheck(Base):
    """An entry that a recheck campaign visits."""

    __tablename__ = "census_recheck"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    census_id: Mapped[str] = db.ref("csn", "census.id", primary_key=True, index=False)
    list_entry_id: Mapped[str] = db.ref("ole", "one_list_entry.id", primary_key=True, index=True)
    place_code: Mapped[str] = mapped_column(String(15))


class CensusRecord(Base, db.Tenanted, db.Versioned):
    """What somebody found at a door. ``content_key``: a keyed digest by which a repetition is known.

    Personal fields go when the record is listed or rejected: from then on they are the entry's, or nobody's.
    """

    __tablename__ = "census_record"
    id: Mapped[str] = db.key("csr")
    census_id: Mapped[str] = db.ref("csn", "census.id")
    record_key: Mapped[str] = mapped_column(String(64))
    content_key: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10))
    place_code: Mapped[str] = mapped_column(String(15))
    kind: Mapped[str] = mapped_column(String(12))
    found: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    person_name: Mapped[str | None] = mapped_column(Sealed("census_record.person_name"))
    summary: Mapped[str] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(String(40))
    fields_of_work: Mapped[list[str]]
    place: Mapped[str] = mapped_column(String(200))
    opening_hours: Mapped[list[dict[str, Any]]]
    contact_name: Mapped[str | None] = mapped_column(Sealed("census_record.contact_name"))
    contact_phone: Mapped[str | None] = mapped_column(Sealed("census_record.contact_phone"))
    answers: Mapped[str | None] = mapped_column(Sealed("census_record.answers"))
    organisation_id: Mapped[str | None] = db.ref("org", nullable=True)
    account_id: Mapped[str | None] = db.ref("acc", nullable=True)
    list_entry_id: Mapped[str | None] = db.ref("ole", "one_list_entry.id", nullable=True)
    publish_consent: Mapped[bool] = mapped_column(Boolean)
    contact_consent: Mapped[bool] = mapped_column(Boolean)
    consent_how: Mapped[str | None] = mapped_column(String(10))
    visited_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[str | None] = db.ref("acc", nullable=True)
    verified_by: Mapped[str | None] = db.ref("acc", nullable=True, index=False)
    reason: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("district_code", "census_id", "record_key"),
        Index("ix_census_record_place", "census_id", "place_code", "status"),
    )
