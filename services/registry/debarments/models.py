"""Table of the mirror of debarments."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class KnownDebarment(Base, db.Tenanted):
    """A debarment that projects decided. ``sets_breach``: the organisation is in breach because of it."""

    __tablename__ = "known_debarment"

    id: Mapped[str] = db.key("dbm")
    organisation_id: Mapped[str] = db.ref("org")
    status: Mapped[str] = mapped_column(String(10))
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date] = mapped_column(Date)
    sets_breach: Mapped[bool]
