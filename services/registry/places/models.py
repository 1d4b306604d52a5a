"""Tables of places."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Place(Base, db.Tenanted):
    """A district, street, community or grid cell; a community carries its street's code."""

    __tablename__ = "place"
    id: Mapped[str] = db.key("plc")
    code: Mapped[str] = mapped_column(String(15))
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(12))
    parent_code: Mapped[str | None] = mapped_column(String(12))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(String(15))
    __table_args__ = (UniqueConstraint("district_code", "code"),)
