"""Table of known grid cells."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.models import Base


class KnownGridCell(Base):
    """A grid cell of registry. ``boundary``: GeoJSON text, empty where it has none or a large one.

    Two versions, because two kinds of news come in any order: of its shape, and of its being in use.
    """

    __tablename__ = "known_grid_cell"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    code: Mapped[str] = mapped_column(String(15), primary_key=True)
    street_code: Mapped[str | None] = mapped_column(String(9), index=True)
    community_code: Mapped[str] = mapped_column(String(12), index=True)
    name: Mapped[str] = mapped_column(String(100))
    longitude_e6: Mapped[int | None] = mapped_column(Integer)
    latitude_e6: Mapped[int | None] = mapped_column(Integer)
    boundary: Mapped[str] = mapped_column(Text)
    retired: Mapped[bool] = mapped_column(Boolean)
    shape_version: Mapped[int] = mapped_column(BigInteger)
    use_version: Mapped[int] = mapped_column(BigInteger)
