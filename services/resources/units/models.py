"""Units a district defined itself."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class MeasureUnit(Base, db.Tenanted, db.Versioned):
    """``numerator / denominator`` base units make one. Never changed: what was counted with it stays as counted."""

    __tablename__ = "measure_unit"
    id: Mapped[str] = db.key("unt")
    code: Mapped[str] = mapped_column(String(20))
    base: Mapped[str] = mapped_column(String(20))
    numerator: Mapped[int] = mapped_column(BigInteger)
    denominator: Mapped[int] = mapped_column(BigInteger)
    zh: Mapped[str] = mapped_column(String(20))
    en: Mapped[str] = mapped_column(String(40))
    aliases: Mapped[list[str]]
    __table_args__ = (
        UniqueConstraint("district_code", "code"),
        CheckConstraint("numerator > 0 AND denominator > 0", name="size"),
    )
