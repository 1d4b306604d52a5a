"""Table of the money policy."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from services.projects.models import Base


class MoneyPolicy(Base):
    """What a district set; what it did not is the default."""

    __tablename__ = "money_policy"

    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    numbers: Mapped[dict[str, Any]]
