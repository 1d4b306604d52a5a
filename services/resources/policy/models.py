"""The district's policy numbers for resources; a row per district, written with its defaults on first use."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.models import Base

WEIGHTS = {
    "base": 50,
    "topic": 400,
    "field": 200,
    "same_street": 300,
    "district_wide": 150,
    "same_community": 100,
    "urgency": 100,
    "perishing": 100,
    "perishing_days": 30,
}


class ResourcesPolicy(Base):
    """``reservation_hours``: how long a reservation waits for its confirmation. ``weights``: points of score terms."""

    __tablename__ = "resources_policy"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    reservation_hours: Mapped[int] = mapped_column(Integer, default=72)
    weights: Mapped[dict[str, Any]] = mapped_column(default=lambda: dict(WEIGHTS))
