"""Tables of centres. Periods of days include both ends."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, String, Text, literal_column, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


def same(number: str) -> Any:
    """Equality of a number, as a range: GiST compares ranges without any extension (btree_gist is not everywhere)."""
    return literal_column(f"int8range({number}, {number}, '[]')")


_DAYS: Any = literal_column("daterange(from_on, until_on, '[]')")
_STANDS = text("status <> 'annulled'")


class Centre(Base, db.Tenanted, db.Versioned):
    """The district's centre park (no street) or a street's incubation centre."""

    __tablename__ = "centre"
    id: Mapped[str] = db.key("ctr")
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(12))
    founded_on: Mapped[date]
    address: Mapped[str] = mapped_column(String(200))
    community_code: Mapped[str | None] = mapped_column(String(12))
    hours: Mapped[dict[str, Any]]
    services: Mapped[list[dict[str, Any]]]
    pilot_since: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(10))
    status_reason: Mapped[str | None] = mapped_column(String(500))
    __table_args__ = (
        CheckConstraint("(kind = 'street') = (street_code IS NOT NULL)", name="place"),
        Index(
            "uq_centre_park",
            "district_code",
            unique=True,
            postgresql_where=text("kind = 'park' AND status <> 'closed'"),
        ),
        Index(
            "uq_centre_street",
            "district_code",
            "street_code",
            unique=True,
            postgresql_where=text("kind = 'street' AND status <> 'closed'"),
        ),
    )


class CentreOperator(Base, db.Tenanted):
    """An organisation's contract to operate a centre; never two for the same day."""

    __tablename__ = "centre_operator"
    id: Mapped[str] = db.key("opr")
    centre_id: Mapped[str] = db.ref("ctr", "centre.id")
    centre_number: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[str] = db.ref("org", "organisation.id")
    title: Mapped[str] = mapped_column(String(200))
    contract_number: Mapped[str] = mapped_column(String(60))
    duties: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date]
    until_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(500))
    evidence: Mapped[list[dict[str, Any]]]
    agreed_at: Mapped[datetime]
    __table_args__ = (
        ExcludeConstraint((same("centre_number"), "&&"), (_DAYS, "&&"), where=_STANDS, name="ex_centre_operator_days"),
    )


class CentrePost(Base, db.Tenanted):
    """Somebody's work at a centre; ``until_on`` null: until further notice."""

    __tablename__ = "centre_post"
    id: Mapped[str] = db.key("pst")
    centre_id: Mapped[str] = db.ref("ctr", "centre.id")
    account_id: Mapped[str] = db.ref("acc", "account.id")
    post: Mapped[str] = mapped_column(String(16))
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Entrustment(Base, db.Tenanted, db.Versioned):
    """A hub entrusted with a street by an award; never two hubs for the same day."""

    __tablename__ = "entrustment"
    id: Mapped[str] = db.key("ent")
    hub_id: Mapped[str] = db.ref("org", "organisation.id")
    award_id: Mapped[str] = db.ref("awd")
    round_id: Mapped[str | None] = db.ref("rnd", index=False)
    goals: Mapped[str] = mapped_column(Text)
    from_on: Mapped[date]
    until_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(500))
    __table_args__ = (
        ExcludeConstraint(
            (same("CAST(street_code AS bigint)"), "&&"), (_DAYS, "&&"), where=_STANDS, name="ex_entrustment_days"
        ),
    )


class KnownAward(Base, db.Tenanted):
    """An award as projects told of it; ``ended`` may be heard of before it was made."""

    __tablename__ = "known_award"
    id: Mapped[str] = db.key("awd")
    organisation_id: Mapped[str | None] = db.ref("org")
    round_id: Mapped[str | None] = db.ref("rnd", index=False)
    ended: Mapped[bool]
