"""Tables of recurring orders."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Float, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class OrderSeries(Base, db.Tenanted, db.Versioned):
    """A recurring order. ``starts_minute``: after midnight in Shanghai; ``made_until``: up to which day it is made."""

    __tablename__ = "order_series"
    id: Mapped[str] = db.key("osr")
    status: Mapped[str] = mapped_column(String(20), index=True)
    community_code: Mapped[str | None] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(100))
    need: Mapped[str] = mapped_column(Text)
    requester_account_id: Mapped[str] = db.ref("acc")
    requested_by_account_id: Mapped[str] = db.ref("acc")
    on_behalf: Mapped[bool] = mapped_column(Boolean)
    caller_id: Mapped[str | None] = db.ref("ocl", "order_caller.id")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    rule: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    starts_minute: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    except_on: Mapped[list[str]]
    holidays: Mapped[str] = mapped_column(String(20))
    risky: Mapped[bool] = mapped_column(Boolean)
    preferred_organisation_id: Mapped[str | None] = db.ref("org")
    made_until: Mapped[date | None]
    follows_id: Mapped[str | None] = db.ref("osr", "order_series.id")
    timer_id: Mapped[str | None] = mapped_column(String(60))
    reason: Mapped[str | None] = mapped_column(Text)


class OrderSeriesChange(Base):
    """What one occurrence does differently: it is left out, or has another day, time or length."""

    __tablename__ = "order_series_change"
    id: Mapped[str] = db.key("osc")
    district_code: Mapped[str] = mapped_column(String(6))
    series_id: Mapped[str] = db.ref("osr", "order_series.id")
    occurrence_on: Mapped[date]
    skip: Mapped[bool] = mapped_column(Boolean)
    moved_to: Mapped[date | None]
    starts_minute: Mapped[int | None] = mapped_column(Integer)
    minutes: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("district_code", "series_id", "occurrence_on"),)
