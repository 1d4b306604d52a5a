"""Writing service orders: requesting, shaping, check-in, delivery, proof of service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts import roles
from contracts.projects import events_delivery as events
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.codes_orders import OrderCode
from contracts.projects.order_callers import TAKERS
from services.projects.known import queries as known
from services.projects.known.models import ERASED_ROLE
from services.projects.orders import callers, clocks, domain, policies, queries, services
from services.projects.orders.models import ServiceOrder
from services.projects.orders.offering import record

PLACE_DECIMALS = 3  # about 100 m: enough for a radius, not a door


def request_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    street_code: str,
    kind: str,
    requester_account_id: str | None = None,
    caller: dict[str, Any] | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    **wish: Any,
) -> dict[str, Any]:
    """点单. Who asked first is written once and never changed."""
    db.check_street(actor, street_code)
    policies.kind_of(session, actor.district_code, kind)
    domain.check_window(wish.get("wanted_from"), wish.get("wanted_until"), now=now)
    account_id = actor.account_id or ""
    if actor.role == roles.RESIDENT and requester_account_id not in (None, account_id):
        raise ForbiddenError(DeliveryCode.ORDER_NOT_YOURS)
    resident = actor.role not in TAKERS
    domain.check_caller(caller=caller, requester_account_id=requester_account_id, resident=resident)
    if requester_account_id not in (None, account_id):
        check_requester(session, actor, requester_account_id)
    if caller is not None:
        taken = callers.take_down(session, actor=actor, now=now, street_code=street_code, **caller)
        wish["caller_id"] = taken.id
    row = ServiceOrder(
        **blank(actor.district_code, on_behalf=actor.role != roles.RESIDENT, now=now),
        street_code=street_code,
        kind=kind,
        requester_account_id=requester_account_id or account_id,
        requested_by_account_id=account_id,
        latitude=None if latitude is None else round(latitude, PLACE_DECIMALS),
        longitude=None if longitude is None else round(longitude, PLACE_DECIMALS),
        **wish,
    )
    begin_order(session, row, now=now)
    return queries.view(session, row)


def check_requester(session: Session, actor: Actor, account_id: str | None) -> None:
    """The first requester never changes: it must be somebody."""
    account = known.account(session, account_id)
    if account is None or account.district_code != actor.district_code or account.role == ERASED_ROLE:
        raise ConflictError(OrderCode.ACCOUNT_UNKNOWN)


def begin_order(session: Session, row: ServiceOrder, *, now: datetime) -> None:
    """The order is there, and its first clock runs."""
    session.add(row)
    session.flush()
    clocks.wind(session, row, now=now)
    asked = {"requester_account_id": row.requester_account_id, "on_behalf": row.on_behalf}
    record(session, row, events.OrderRequested, kind=row.kind, **asked)


def blank(district_code: str, *, on_behalf: bool, now: datetime) -> dict[str, Any]:
    """What every order begins with."""
    return {
        "district_code": district_code,
        "status": "requested",
        "on_behalf": on_behalf,
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
    now: datetime,
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
        policies.kind_of(session, actor.district_code, shape["kind"])
    for name, value in shape.items():
        setattr(row, name, value)
    row.minutes, row.risky = minutes, risky
    clocks.wind(session, row, now=now)
    record(session, row, events.OrderVerified, kind=row.kind, risky=risky)
    return queries.view(session, row)


def check_in_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    order_id: str,
    latitude: float | None = None,
    longitude: float | None = None,
    reason: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """The coordinates are compared with the place and forgotten: only the distance stays."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    queries.check_doer(row, actor)
    status = domain.next_status(row.status, "check_in")
    if row.move_agreed is False:
        raise ConflictError(OrderCode.MOVE_UNCONFIRMED)
    distance = None
    if None not in (latitude, longitude, row.latitude, row.longitude):
        distance = domain.distance_m(row.latitude, row.longitude, latitude, longitude)  # type: ignore[arg-type]
    policy = policies.kind_of(session, row.district_code, row.kind)
    row.within_radius = domain.check_presence(distance=distance, radius_m=policy.radius_m, reason=reason)
    row.status, row.distance_m, row.check_in_reason, row.checked_in_at = status, distance, reason, now
    clocks.wind(session, row, now=now)
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
    queries.check_doer(row, actor)
    row.status = domain.next_status(row.status, "deliver")
    policy = policies.kind_of(session, row.district_code, row.kind)
    domain.check_evidence(required=policy.evidence_required, count=len(evidence))
    row.delivered_minutes, row.summary, row.evidence = minutes, summary, evidence
    row.delivered_by = actor.account_id
    services.begin(session, row, now=now)
    clocks.wind(session, row, now=now)
    record(session, row, events.OrderDelivered, minutes=minutes, evidence=evidence)
    return queries.view(session, row)
