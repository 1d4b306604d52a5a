"""Tables of policy data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.registry.models import Base


class Policy(Base, db.Tenanted, db.Versioned):
    """A number the bureau has set; one that is not here has its default."""

    __tablename__ = "policy"
    id: Mapped[str] = db.key("pcy")
    key: Mapped[str] = mapped_column(String(40))
    value: Mapped[Any] = mapped_column(JSONB, nullable=False)
    __table_args__ = (UniqueConstraint("district_code", "key"),)
