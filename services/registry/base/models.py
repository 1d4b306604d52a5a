"""Tables of rooms, desks and bookings. That no two bookings share an instant is PostgreSQL's word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.centres.models import same
from services.registry.models import Base


class Space(Base, db.Tenanted, db.Versioned):
    """A room or desk of a centre. ``number`` is what the exclusion constraint compares."""

    __tablename__ = "base_space"
    id: Mapped[str] = db.key("spc")
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    centre_id: Mapped[str] = db.ref("ctr", "centre.id")
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(60))
    capacity: Mapped[int] = mapped_column(Integer)
    equipment: Mapped[list[str]]
    needs_approval: Mapped[bool] = mapped_column(Boolean)
    booking_roles: Mapped[list[str]]
    status: Mapped[str] = mapped_column(String(8))
    __table_args__ = (UniqueConstraint("centre_id", "name"), UniqueConstraint("id", "number"))


class Booking(Base, db.Tenanted, db.Versioned):
    """A time in a room or at a desk: from ``starts_at`` up to but not including ``ends_at``."""

    __tablename__ = "base_booking"
    id: Mapped[str] = db.key("bkg")
    space_id: Mapped[str] = db.ref("spc")
    space_number: Mapped[int] = mapped_column(BigInteger)
    centre_id: Mapped[str] = db.ref("ctr", "centre.id")
    organisation_id: Mapped[str | None] = db.ref("org", "organisation.id")
    account_id: Mapped[str | None] = db.ref("acc")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    no_show_at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(String(200))
    people: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(500))
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="interval"),
        ForeignKeyConstraint(["space_id", "space_number"], ["base_space.id", "base_space.number"]),
        Index("ix_base_booking_day", "space_id", "starts_at"),
        ExcludeConstraint(
            (same("space_number"), "&&"),
            (literal_column("tstzrange(starts_at, ends_at)"), "&&"),
            where=text("status IN ('requested', 'booked', 'in_use', 'finished')"),
            name="ex_base_booking_time",
        ),
    )
