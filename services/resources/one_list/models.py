"""Tables of the one list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base
from services.resources.personal import Sealed


class ListEntry(Base, db.Tenanted, db.Versioned):
    """An entry. A person's name is ciphertext, found by its blind index; ``pairs`` and ``sounds`` find the others.

    ``source_id``: what it came from (a census record, a talent).
    """

    __tablename__ = "one_list_entry"
    id: Mapped[str] = db.key("ole")
    kind: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    person_name: Mapped[str | None] = mapped_column(Sealed("one_list_entry.person_name"))
    person_key: Mapped[str | None] = mapped_column(String(64))
    summary: Mapped[str] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(String(40))
    fields_of_work: Mapped[list[str]]
    community_code: Mapped[str | None] = mapped_column(String(12))
    cell_code: Mapped[str | None] = mapped_column(String(15))
    place: Mapped[str] = mapped_column(String(200))
    opening_hours: Mapped[list[dict[str, Any]]]
    contact_name: Mapped[str | None] = mapped_column(Sealed("one_list_entry.contact_name"))
    contact_phone: Mapped[str | None] = mapped_column(Sealed("one_list_entry.contact_phone"))
    organisation_id: Mapped[str | None] = db.ref("org", nullable=True)
    account_id: Mapped[str | None] = db.ref("acc", nullable=True)
    source: Mapped[str] = mapped_column(String(12))
    source_id: Mapped[str | None] = mapped_column(String(60))
    is_public: Mapped[bool] = mapped_column(Boolean)
    publish_consented_at: Mapped[datetime | None]
    contact_consented_at: Mapped[datetime | None]
    consent_how: Mapped[str | None] = mapped_column(String(10))
    rechecked_on: Mapped[date | None] = mapped_column(Date)
    recheck_due_on: Mapped[date | None] = mapped_column(Date)
    search_text: Mapped[str] = mapped_column(Text)
    pairs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sounds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    search_version: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        CheckConstraint(
            "NOT is_public OR kind NOT IN ('talent', 'volunteer') OR publish_consented_at IS NOT NULL", name="consent"
        ),
        Index(
            "uq_one_list_entry_registry",
            "district_code",
            "organisation_id",
            unique=True,
            postgresql_where=text("source = 'registry'"),
        ),
        Index(
            "uq_one_list_entry_source",
            "district_code",
            "source",
            "source_id",
            unique=True,
            postgresql_where=text("source_id IS NOT NULL"),
        ),
        Index("ix_one_list_entry_street", "district_code", "street_code", "kind", "status"),
        Index("ix_one_list_entry_due", "district_code", "recheck_due_on"),
        Index("ix_one_list_entry_person", "district_code", "person_key"),
        Index("ix_one_list_entry_pairs", "pairs", postgresql_using="gin"),
        Index("ix_one_list_entry_sounds", "sounds", postgresql_using="gin"),
        Index(
            "ix_one_list_entry_fields",
            "fields_of_work",
            postgresql_using="gin",
            postgresql_ops={"fields_of_work": "jsonb_path_ops"},
        ),
    )


class ListChange(Base, db.Tenanted):
    """One step of an entry: who, when, why, and field by field what it changed (nothing personal)."""

    __tablename__ = "one_list_change"
    id: Mapped[str] = db.key("olc")
    list_entry_id: Mapped[str] = db.ref("ole", "one_list_entry.id")
    action: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[str | None] = db.ref("acc", nullable=True, index=False)
    role: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[list[dict[str, Any]]]
    at: Mapped[datetime]


class ListVersion(Base):
    """A published version of a street's list; never changed."""

    __tablename__ = "one_list_version"
    id: Mapped[str] = db.key("olv")
    district_code: Mapped[str] = mapped_column(String(6), index=True)
    street_code: Mapped[str] = mapped_column(String(9), index=True)
    number: Mapped[int] = mapped_column(Integer)
    entries: Mapped[int] = mapped_column(Integer)
    by_kind: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    published_by: Mapped[str | None] = db.ref("acc", nullable=True, index=False)
    published_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("district_code", "street_code", "number"),)


class ListVersionItem(Base):
    """An entry as it stood on a version, without personal fields."""

    __tablename__ = "one_list_version_item"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    list_version_id: Mapped[str] = db.ref("olv", "one_list_version.id", primary_key=True, index=False)
    list_entry_id: Mapped[str] = db.ref("ole", "one_list_entry.id", primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(12))
    digest: Mapped[str] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


class PersonalReading(Base, db.Tenanted):
    """Who read personal fields of resources unmasked, which and why: the access log. Never changed."""

    __tablename__ = "personal_reading"
    id: Mapped[str] = db.key("pdr")
    account_id: Mapped[str] = db.ref("acc")
    role: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(60), index=True)
    fields: Mapped[list[str]]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
