"""The district's policy numbers for resources; a row per district that changed any."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.resources.models import Base


class ResourcesPolicy(Base, db.Versioned):
    """``reservation_hours``: how long a reservation waits for its confirmation. ``weights``: points of score terms.

    An open need is asked after every ``need_confirm_days`` whether it still stands; unanswered for
    ``need_grace_days`` it is closed.
    """

    __tablename__ = "resources_policy"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    reservation_hours: Mapped[int] = mapped_column(Integer)
    need_confirm_days: Mapped[int] = mapped_column(Integer)
    need_grace_days: Mapped[int] = mapped_column(Integer)
    weights: Mapped[dict[str, Any]]
