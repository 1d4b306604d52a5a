"""Tables of organisations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base
from services.registry.personal import Sealed

_AT_ONCE = {"fastupdate": "off"}  # a list of pending entries would be read by every search


class Organisation(Base, db.Tenanted, db.Versioned):
    """Anybody with a name that is not a person; a filed group is no legal person and has no credit code."""

    __tablename__ = "organisation"
    id: Mapped[str] = db.key("org")
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(100), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    legal_tier: Mapped[str] = mapped_column(String(12))
    uscc: Mapped[str | None] = mapped_column(String(18))
    filing_number: Mapped[str | None] = mapped_column(String(60))
    responsible_person: Mapped[str | None] = mapped_column(Sealed("organisation.responsible_person"))
    phone: Mapped[str | None] = mapped_column(Sealed("organisation.phone"))
    fields: Mapped[list[str]]
    community_code: Mapped[str | None] = mapped_column(String(12))
    hub_id: Mapped[str | None] = db.ref("org", "organisation.id")
    seed_group_id: Mapped[str | None] = db.ref("sdg")
    introduction: Mapped[str] = mapped_column(Text)
    founded_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(10))
    in_breach: Mapped[bool]
    legal_form: Mapped[str] = mapped_column(String(16), server_default="none")
    merged_into_id: Mapped[str | None] = db.ref("org", "organisation.id")
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    # When somebody last confirmed the data; ``assure_from`` counts from the registration where nobody has yet.
    assured_at: Mapped[datetime | None]
    assured_by: Mapped[str | None] = db.ref("acc", index=False)
    assure_from: Mapped[datetime | None]
    # Written by organisations.indexing: what the name is found by. ``search_version`` 0: not written yet.
    bigrams: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    sounds: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    pinyin: Mapped[str | None] = mapped_column(Text)
    initials: Mapped[str | None] = mapped_column(String(100))
    search_version: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), index=True)
    __table_args__ = (
        UniqueConstraint("district_code", "uscc"),
        Index("ix_organisation_bigrams", "bigrams", postgresql_using="gin", postgresql_with=_AT_ONCE),
        # A part of a name that is one character has no pair. Nothing to write by hand, so no row is without it.
        Index(
            "ix_organisation_characters",
            text("string_to_array(name_key, NULL)"),
            postgresql_using="gin",
            postgresql_with=_AT_ONCE,
        ),
        Index("ix_organisation_sounds", "sounds", postgresql_using="gin", postgresql_with=_AT_ONCE),
        Index("ix_organisation_fields", "fields", postgresql_using="gin", postgresql_with=_AT_ONCE),
        Index("ix_organisation_name_start", "name_key", postgresql_ops={"name_key": "text_pattern_ops"}),
        Index("ix_organisation_pinyin", "pinyin", postgresql_ops={"pinyin": "text_pattern_ops"}),
        Index("ix_organisation_initials", "initials", postgresql_ops={"initials": "text_pattern_ops"}),
        Index("ix_organisation_filing", "district_code", "filing_number"),
        Index("ix_organisation_place", "street_code", "community_code", "id"),
        Index(
            "ix_organisation_assure", "district_code", "assure_from", "id", postgresql_where=text("status = 'active'")
        ),
        Index(
            "ix_organisation_assure_street",
            "street_code",
            "assure_from",
            "id",
            postgresql_where=text("status = 'active'"),
        ),
        Index(
            "uq_organisation_filing",
            "district_code",
            "street_code",
            "filing_number",
            unique=True,
            postgresql_where=text("filing_number IS NOT NULL"),
        ),
        # lists are newest first: what is rare must not be looked for among everything that is not
        Index("ix_organisation_kind", "district_code", "kind", "id"),
        Index("ix_organisation_street", "district_code", "street_code", "id"),
    )


class OrganisationChange(Base, db.Tenanted):
    """One changed field: who, when, why. Personal fields keep only the fact of the change.

    ``item_id``: the identifier, contact, address or area it happened to, where the field is one of several.
    """

    __tablename__ = "organisation_change"
    id: Mapped[str] = db.key("chg")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    field: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[str | None] = mapped_column(String(40))
    was: Mapped[Any] = mapped_column(JSONB, nullable=True)
    became: Mapped[Any] = mapped_column(JSONB, nullable=True)
    reason: Mapped[str] = mapped_column(Text)
    account_id: Mapped[str | None] = db.ref("acc")
    role: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime]
    __table_args__ = (Index("ix_organisation_change_at", "organisation_id", "changed_at"),)


class Field(Base, db.Tenanted):
    """An entry of the taxonomy beyond the default ones."""

    __tablename__ = "field"
    id: Mapped[str] = db.key("fld")
    code: Mapped[str] = mapped_column(String(40))
    zh: Mapped[str] = mapped_column(String(30))
    en: Mapped[str] = mapped_column(String(60))
    __table_args__ = (UniqueConstraint("district_code", "code"),)
