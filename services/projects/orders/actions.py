"""Writing service orders: requesting, shaping, appointment, check-in, delivery, proof of service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, db, timers
from chassis.actor import Actor
from chassis.errors import ForbiddenError
from contracts import roles
from contracts.projects import events_delivery as events
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.orders import domain, queries
from services.projects.orders.models import OrderKind, ServiceOrder
from services.projects.orders.offering import record

PLACE_DECIMALS = 3  # about 100 m: enough for a radius, not a door


def set_order_kind(session: Session, *, actor: Actor, **values: Any) -> dict[str, Any]:
    """A kind of service and its clocks."""
    statement = insert(OrderKind).values(district_code=actor.district_code, **values)
    changed = {name: value for name, value in values.items() if name != "kind"}
    session.execute(statement.on_conflict_do_update(index_elements=["district_code", "kind"], set_=changed))
    return {"district_code": actor.district_code, **values}


def request_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    street_code: str,
    kind: str,
    requester_account_id: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    **wish: Any,
) -> dict[str, Any]:
    """点单. Who asked first is written once and never changed."""
    db.check_street(actor, street_code)
    queries.kind_of(session, actor.district_code, kind)
    domain.check_window(wish.get("wanted_from"), wish.get("wanted_until"), now=now)
    account_id = actor.account_id or ""
    if actor.role == roles.RESIDENT and requester_account_id not in (None, account_id):
        raise ForbiddenError(DeliveryCode.ORDER_NOT_YOURS)
    row = ServiceOrder(
        **_blank(actor, now),
        street_code=street_code,
        kind=kind,
        requester_account_id=requester_account_id or account_id,
        requested_by_account_id=account_id,
        latitude=None if latitude is None else round(latitude, PLACE_DECIMALS),
        longitude=None if longitude is None else round(longitude, PLACE_DECIMALS),
        **wish,
    )
    session.add(row)
    session.flush()
    asked = {"requester_account_id": row.requester_account_id, "on_behalf": row.on_behalf}
    record(session, row, events.OrderRequested, kind=kind, **asked)
    return queries.view(session, row)


def _blank(actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "district_code": actor.district_code,
        "status": "requested",
        "on_behalf": actor.role != roles.RESIDENT,
        "candidates": [],
        "evidence": [],
        "risky": False,
        "open_claim": False,
        "escalated": False,
        "offer_rank": 0,
        "created_at": now,
    }


def verify_order(
    session: Session,
    *,
    actor: Actor,
    order_id: str,
    minutes: int,
    risky: bool,
    expected_version: int | None = None,
    **shape: Any,
) -> dict[str, Any]:
    """制单."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    row.status = domain.next_status(row.status, "verify")
    if "kind" in shape:
        queries.kind_of(session, actor.district_code, shape["kind"])
    for name, value in shape.items():
        setattr(row, name, value)
    row.minutes, row.risky = minutes, risky
    record(session, row, events.OrderVerified, kind=row.kind, risky=risky)
    return queries.view(session, row)


def schedule_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    order_id: str,
    starts_at: datetime,
    ends_at: datetime,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """An appointment; also a new one after a no-show."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    if actor.role not in (roles.STREET_STAFF, roles.BUREAU):
        check_doer(row, actor)
    row.status = domain.next_status(row.status, "schedule")
    domain.check_window(starts_at, ends_at, now=now)
    row.starts_at, row.ends_at, row.no_show_by = starts_at, ends_at, None
    record(session, row, events.OrderScheduled, starts_at=starts_at.isoformat(), ends_at=ends_at.isoformat())
    return queries.view(session, row)


def check_doer(row: ServiceOrder, actor: Actor) -> None:
    """Who accepted does it."""
    domain.check_addressee(
        offered_organisation_id=row.organisation_id,
        offered_account_id=row.talent_account_id,
        organisation_id=actor.organisation_id,
        account_id=actor.account_id,
    )


def check_in_order(
    session: Session,
    *,
    actor: Actor,
    order_id: str,
    latitude: float | None = None,
    longitude: float | None = None,
    reason: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """The coordinates are compared with the place and forgotten: only the distance stays."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    check_doer(row, actor)
    status = domain.next_status(row.status, "check_in")
    distance = None
    if None not in (latitude, longitude, row.latitude, row.longitude):
        distance = domain.distance_m(row.latitude, row.longitude, latitude, longitude)  # type: ignore[arg-type]
    policy = queries.kind_of(session, row.district_code, row.kind)
    row.within_radius = domain.check_presence(distance=distance, radius_m=policy.radius_m, reason=reason)
    row.status, row.distance_m, row.check_in_reason = status, distance, reason
    record(session, row, events.OrderCheckedIn, within_radius=row.within_radius, has_reason=reason is not None)
    return queries.view(session, row)


def deliver_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    order_id: str,
    minutes: int,
    summary: str,
    evidence: list[dict[str, Any]],
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Done; the clock of confirmation starts."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    check_doer(row, actor)
    row.status = domain.next_status(row.status, "deliver")
    policy = queries.kind_of(session, row.district_code, row.kind)
    domain.check_evidence(required=policy.evidence_required, count=len(evidence))
    row.delivered_minutes, row.summary, row.evidence = minutes, summary, evidence
    due_at = clock.end_after(clock.day_of(now), policy.confirm_days)
    row.timer_id = timers.schedule(
        session, "confirm_order_by_clock", due_at=due_at, district_code=row.district_code, order_id=row.id
    )
    record(session, row, events.OrderDelivered, minutes=minutes, evidence=evidence)
    return queries.view(session, row)
