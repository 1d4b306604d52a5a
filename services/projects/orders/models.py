"""Tables of service orders."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Float,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    event,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from chassis.secretbox import Sealed
from services.projects.models import Base
from services.projects.payees.settings import PAYEE_KEY_FILE

_CLOCKLESS = "due_at IS NULL AND status NOT IN ('sealed', 'cancelled')"


def _no() -> Any:
    return mapped_column(Boolean, default=False, server_default=false())


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
    clocks: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class OrderHours(Base):
    """When a street serves, or a kind of service, or the district (both empty); spans as minutes after midnight."""

    __tablename__ = "order_hours"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    street_code: Mapped[str] = mapped_column(String(9), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    workday: Mapped[list[Any]]
    restday: Mapped[list[Any]]


class OrderPolicy(Base):
    """Numbers of the district that belong to no kind; what it did not set is the default."""

    __tablename__ = "order_policy"
    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    numbers: Mapped[dict[str, Any]]


class OrderCaller(Base, db.Tenanted, db.Versioned):
    """Somebody who asked by phone. An account that the person opens later is linked; the caller stays."""

    __tablename__ = "order_caller"
    id: Mapped[str] = db.key("ocl")
    name: Mapped[str] = mapped_column(Sealed("order_caller.name", PAYEE_KEY_FILE))
    phone: Mapped[str] = mapped_column(Sealed("order_caller.phone", PAYEE_KEY_FILE))
    phone_index: Mapped[str | None] = mapped_column(String(64))
    consented_at: Mapped[datetime]
    taken_by: Mapped[str] = db.ref("acc", index=False)
    account_id: Mapped[str | None] = db.ref("acc")
    linked_by: Mapped[str | None] = db.ref("acc", index=False)
    linked_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("district_code", "street_code", "phone_index"),)


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
    checked_in_at: Mapped[datetime | None]
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
    session_id: Mapped[str | None] = db.ref("csn")
    caller_id: Mapped[str | None] = db.ref("ocl", "order_caller.id")
    callback: Mapped[bool] = _no()
    proxy_account_id: Mapped[str | None] = db.ref("acc")
    proxy_relation: Mapped[str | None] = mapped_column(String(20))
    confirmed_relation: Mapped[str | None] = mapped_column(String(20))
    clock: Mapped[str | None] = mapped_column(String(20))
    clock_serial: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    due_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    at_once: Mapped[bool] = _no()
    accepted_by: Mapped[str | None] = db.ref("acc", index=False)
    accepted_facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    team: Mapped[str | None] = mapped_column(String(40))
    moves: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    move_agreed: Mapped[bool | None] = mapped_column(Boolean)
    outside_hours_reason: Mapped[str | None] = mapped_column(Text)
    delivered_by: Mapped[str | None] = db.ref("acc", index=False)
    rated_at: Mapped[datetime | None]
    rated_by: Mapped[str | None] = db.ref("acc", index=False)
    redo: Mapped[bool] = _no()
    hours_void: Mapped[bool] = _no()
    series_id: Mapped[str | None] = mapped_column(db.TypeId("osr"))
    occurrence_on: Mapped[date | None]
    __table_args__ = (
        Index("ix_service_order_scope", "district_code", "street_code", "status"),
        Index("ix_service_order_clockless", "id", postgresql_where=text(_CLOCKLESS)),
        UniqueConstraint("district_code", "series_id", "occurrence_on"),
    )


# The migration makes them too.
KEEP_REQUESTER = (
    """
CREATE OR REPLACE FUNCTION keep_first_requester() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the first requester never changes' USING ERRCODE = 'insufficient_privilege';
END
$$
""",
    """
CREATE TRIGGER service_order_first_requester BEFORE UPDATE ON service_order FOR EACH ROW
WHEN (OLD.requester_account_id IS DISTINCT FROM NEW.requester_account_id
    OR OLD.requested_by_account_id IS DISTINCT FROM NEW.requested_by_account_id
    OR OLD.caller_id IS DISTINCT FROM NEW.caller_id)
EXECUTE FUNCTION keep_first_requester()
""",
)


@event.listens_for(ServiceOrder.__table__, "after_create")
def _keep_first_requester(table: object, connection: Connection, **_: object) -> None:
    for rule in KEEP_REQUESTER:
        connection.execute(text(rule))


class OrderFollowUp(Base, db.Tenanted, db.Versioned):
    """A low rating that staff follow up."""

    __tablename__ = "order_follow_up"
    id: Mapped[str] = db.key("ofu")
    order_id: Mapped[str] = db.ref("ord", "service_order.id")
    stars: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(Text)
    settled_by: Mapped[str | None] = db.ref("acc", index=False)
    settled_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("district_code", "order_id"),)


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


class OrderService(Base, db.Tenanted):
    """A service as it was done: it stays with who did it when the order is done again by somebody else."""

    __tablename__ = "order_service"
    id: Mapped[str] = db.key("osv")
    order_id: Mapped[str] = db.ref("ord", "service_order.id")
    kind: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[str | None] = db.ref("org")
    account_id: Mapped[str | None] = db.ref("acc")
    delivered_by: Mapped[str | None] = db.ref("acc", index=False)
    checked_in_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(Integer)
    evidence: Mapped[list[dict[str, Any]]]
    status: Mapped[str] = mapped_column(String(10))
    stars: Mapped[int | None] = mapped_column(SmallInteger)
