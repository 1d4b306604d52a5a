"""Tables of places."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Place(Base, db.Tenanted):
    """A district, street, community or grid cell; a community carries its street's code.

    ``valid_until`` is the last day a code is used. A retired code stays; ``successor_code`` says what it became,
    ``reason`` why it was retired or came back. ``polygon``: a grid cell's boundary as GeoJSON geometry, WGS-84.
    """

    __tablename__ = "place"
    id: Mapped[str] = db.key("plc")
    code: Mapped[str] = mapped_column(String(15))
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(12))
    parent_code: Mapped[str | None] = mapped_column(String(12))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    successor_code: Mapped[str | None] = mapped_column(String(15))
    reason: Mapped[str | None] = mapped_column(Text)
    polygon: Mapped[Any] = mapped_column(JSONB(none_as_null=True), nullable=True)
    __table_args__ = (
        UniqueConstraint("district_code", "code"),
        Index("ix_place_parent", "district_code", "parent_code", "code"),
        Index("ix_place_successor", "district_code", "level", postgresql_where=text("successor_code IS NOT NULL")),
    )
