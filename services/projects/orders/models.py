"""Tables of service orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, Index, Integer, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class OrderKind(Base):
    """A kind of service with its clocks: policy data of the district."""

    __tablename__ = "order_kind"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80))
    offer_minutes: Mapped[int] = mapped_column(Integer)
    confirm_days: Mapped[int] = mapped_column(Integer)
    radius_m: Mapped[int] = mapped_column(Integer)
    open_orders_max: Mapped[int] = mapped_column(Integer)
    evidence_required: Mapped[bool] = mapped_column(Boolean)


class ServiceOrder(Base, db.Tenanted, db.Versioned):
    """A service order. The place is kept to three decimals (about 100 m); a check-in's coordinates are not kept."""

    __tablename__ = "service_order"
    id: Mapped[str] = db.key("ord")
    community_code: Mapped[str | None] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(100))
    need: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), index=True)
    requester_account_id: Mapped[str] = db.ref("acc")
    requested_by_account_id: Mapped[str] = db.ref("acc")
    on_behalf: Mapped[bool] = mapped_column(Boolean)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    wanted_from: Mapped[datetime | None]
    wanted_until: Mapped[datetime | None]
    risky: Mapped[bool] = mapped_column(Boolean, default=False)
    minutes: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(Text)
    candidates: Mapped[list[str]]
    organisation_id: Mapped[str | None] = db.ref("org")
    talent_account_id: Mapped[str | None] = db.ref("acc")
    open_claim: Mapped[bool] = mapped_column(Boolean, default=False)
    escalated: Mapped[bool] = mapped_column(Boolean, default=False)
    offer_rank: Mapped[int] = mapped_column(Integer, default=0)
    offer_expires_at: Mapped[datetime | None]
    timer_id: Mapped[str | None] = mapped_column(String(60))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    within_radius: Mapped[bool | None] = mapped_column(Boolean)
    distance_m: Mapped[int | None] = mapped_column(Integer)
    check_in_reason: Mapped[str | None] = mapped_column(Text)
    delivered_minutes: Mapped[int | None] = mapped_column(Integer)
    summary: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[list[dict[str, Any]]]
    confirmed_by: Mapped[str | None] = mapped_column(String(20))
    proxy_reason: Mapped[str | None] = mapped_column(Text)
    stars: Mapped[int | None] = mapped_column(SmallInteger)
    comment: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(20))
    no_show_by: Mapped[str | None] = mapped_column(String(20))
    __table_args__ = (Index("ix_service_order_scope", "district_code", "street_code", "status"),)


class OrderOffer(Base):
    """One asking: to an organisation, to a talent, or open to claims (neither)."""

    __tablename__ = "order_offer"
    id: Mapped[str] = db.key("oof")
    district_code: Mapped[str] = mapped_column(String(6))
    order_id: Mapped[str] = db.ref("ord", "service_order.id")
    rank: Mapped[int] = mapped_column(Integer)
    organisation_id: Mapped[str | None] = db.ref("org")
    account_id: Mapped[str | None] = db.ref("acc")
    status: Mapped[str] = mapped_column(String(20))
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("order_id", "rank"),)
