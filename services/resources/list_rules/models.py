"""Table of the numbers that a district set."""

from __future__ import annotations

from sqlalchemy import Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class ListRule(Base, db.Versioned):
    """A number of the district; where it has no row, the default holds."""

    __tablename__ = "list_rule"
    __table_args__ = (UniqueConstraint("district_code", "key"),)

    id: Mapped[str] = db.key("lru")
    district_code: Mapped[str] = mapped_column(String(6), index=True)
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[int] = mapped_column(Integer)
