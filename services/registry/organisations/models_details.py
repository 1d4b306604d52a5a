"""Tables of what an organisation has several of: identifiers, contacts, addresses, service areas."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base
from services.registry.personal import Sealed


class OrganisationIdentifier(Base, db.Tenanted):
    """A number somebody gave the organisation. ``principal``: the one that its own row carries, too."""

    __tablename__ = "organisation_identifier"
    id: Mapped[str] = db.key("idn")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    type: Mapped[str] = mapped_column(String(24))
    value: Mapped[str] = mapped_column(String(60))
    value_key: Mapped[str] = mapped_column(String(60))
    issuer: Mapped[str | None] = mapped_column(String(100))
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    principal: Mapped[bool]
    created_at: Mapped[datetime]
    __table_args__ = (
        Index(
            "ix_organisation_identifier_value",
            "district_code",
            "value_key",
            postgresql_ops={"value_key": "text_pattern_ops"},
        ),
        Index(
            "uq_organisation_identifier_value",
            "district_code",
            "type",
            "value_key",
            unique=True,
            postgresql_where=text("type NOT IN ('filing_number', 'other')"),
        ),
        Index(
            "uq_organisation_identifier_principal",
            "organisation_id",
            "type",
            unique=True,
            postgresql_where=text("principal"),
        ),
    )


class OrganisationContact(Base, db.Tenanted):
    """Somebody to turn to. Who they are is ciphertext; what for is not."""

    __tablename__ = "organisation_contact"
    id: Mapped[str] = db.key("ctc")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    kind: Mapped[str] = mapped_column(String(24))
    position: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(Sealed("organisation_contact.name"))
    phone: Mapped[str | None] = mapped_column(Sealed("organisation_contact.phone"))
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    email: Mapped[str | None] = mapped_column(Sealed("organisation_contact.email"))
    created_at: Mapped[datetime]


class OrganisationAddress(Base, db.Tenanted):
    """Where the organisation is. A filed group's address is often somebody's home, so the words are ciphertext."""

    __tablename__ = "organisation_address"
    id: Mapped[str] = db.key("adr")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    kind: Mapped[str] = mapped_column(String(24))
    community_code: Mapped[str | None] = mapped_column(String(12))
    address: Mapped[str] = mapped_column(Sealed("organisation_address.address"))
    postcode: Mapped[str | None] = mapped_column(String(6))
    valid_until: Mapped[date | None]
    created_at: Mapped[datetime]


class OrganisationArea(Base, db.Tenanted):
    """A street or community the organisation serves, besides the one it belongs to."""

    __tablename__ = "organisation_area"
    id: Mapped[str] = db.key("sva")
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    place_code: Mapped[str] = mapped_column(String(12), index=True)
    level: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("organisation_id", "place_code"),)
