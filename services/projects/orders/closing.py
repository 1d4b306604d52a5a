"""Ending service orders: confirmation, rating, sealing, no-shows, disputes, cancelling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import timers
from chassis.actor import Actor
from chassis.errors import ForbiddenError, NotFoundError
from contracts import roles
from contracts.projects import events_delivery as events
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.orders import domain, offering, queries
from services.projects.orders.models import ServiceOrder
from services.projects.orders.offering import record

PROXIES = (roles.STREET_STAFF, roles.GRID_WORKER, roles.HUB, roles.BUREAU)


def confirm_order(
    session: Session,
    *,
    actor: Actor,
    order_id: str,
    proxy_reason: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """By the requester, or a proxy with a reason; never by who did it."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    check_asker(row, actor)
    requester = actor.account_id == row.requester_account_id
    _confirm(session, row, by=domain.confirmed_by(requester=requester, proxy_reason=proxy_reason))
    row.proxy_reason = None if requester else proxy_reason
    return queries.view(session, row)


def confirm_order_by_clock(session: Session, *, actor: Actor, order_id: str) -> None:
    """Timer: nobody objected in time."""
    try:
        row = queries.lock_order(session, actor=actor, order_id=order_id)
    except NotFoundError:
        return
    if row.status == "delivered":
        _confirm(session, row, by="clock")


def _confirm(session: Session, row: ServiceOrder, *, by: str) -> None:
    row.status = domain.next_status(row.status, "confirm")
    row.confirmed_by = by
    stop_clock(session, row)
    record(
        session,
        row,
        events.OrderConfirmed,
        confirmed_by=by,
        organisation_id=row.organisation_id,
        account_id=row.talent_account_id,
        requester_account_id=row.requester_account_id,
    )


def stop_clock(session: Session, row: ServiceOrder) -> None:
    """The order's running clock no longer matters."""
    if row.timer_id is not None:
        timers.cancel(session, row.timer_id)
        row.timer_id = None


def is_asker(row: ServiceOrder, actor: Actor) -> bool:
    """Who asked, or who stands in for residents."""
    return actor.account_id in (row.requester_account_id, row.requested_by_account_id) or actor.role in PROXIES


def is_doer(row: ServiceOrder, actor: Actor) -> bool:
    """Who accepted; being asked once, and declining, gives no part in what another does."""
    by_organisation = actor.organisation_id is not None and actor.organisation_id == row.organisation_id
    return by_organisation or (actor.account_id is not None and actor.account_id == row.talent_account_id)


def check_asker(row: ServiceOrder, actor: Actor) -> None:
    """Who asked, or who stands in for residents; never the one who does the work."""
    if is_doer(row, actor) or not is_asker(row, actor):
        raise ForbiddenError(DeliveryCode.ORDER_NOT_YOURS)


def rate_order(
    session: Session,
    *,
    actor: Actor,
    order_id: str,
    stars: int,
    comment: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """评单."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    check_asker(row, actor)
    row.status = domain.next_status(row.status, "rate")
    row.stars, row.comment = stars, comment
    record(session, row, events.OrderRated, stars=stars, organisation_id=row.organisation_id)
    return queries.view(session, row)


def seal_order(session: Session, *, actor: Actor, order_id: str, expected_version: int | None = None) -> dict[str, Any]:
    """Nothing changes any more; the place is forgotten."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    row.status = domain.next_status(row.status, "seal")
    row.latitude = row.longitude = None
    record(session, row, events.OrderSealed)
    return queries.view(session, row)


def report_order_no_show(
    session: Session, *, actor: Actor, order_id: str, by: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Somebody did not come; the order may be offered or scheduled again."""
    row = _party_lock(session, actor, order_id, expected_version)
    row.status = domain.next_status(row.status, "report_no_show")
    row.no_show_by, row.reason = by, reason
    record(session, row, events.OrderNoShowReported, by=by)
    return queries.view(session, row)


def dispute_order(
    session: Session, *, actor: Actor, order_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """The clock of confirmation stops until staff resolve it."""
    row = _party_lock(session, actor, order_id, expected_version)
    row.status = domain.next_status(row.status, "dispute")
    row.reason = reason
    stop_clock(session, row)
    record(session, row, events.OrderDisputed)
    return queries.view(session, row)


def resolve_order(
    session: Session, *, actor: Actor, order_id: str, outcome: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Staff decide the dispute."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    row.status = domain.next_status(row.status, "resolve")
    row.outcome, row.reason = outcome, reason
    record(session, row, events.OrderResolved, outcome=outcome)
    return queries.view(session, row)


def cancel_order(
    session: Session, *, actor: Actor, now: datetime, order_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """By who asked, or the street; a waiting offer is withdrawn."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    check_asker(row, actor)
    offered = row.status == "offered"
    row.status = domain.next_status(row.status, "cancel")
    row.reason = reason
    if offered:
        offering.answer(session, row, status="withdrawn", now=now)
    record(session, row, events.OrderCancelled)
    return queries.view(session, row)


def _party_lock(session: Session, actor: Actor, order_id: str, expected_version: int | None) -> ServiceOrder:
    queries.check_part(session, actor=actor, order_id=order_id)
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    if not (is_doer(row, actor) or is_asker(row, actor)):
        raise ForbiddenError(DeliveryCode.ORDER_NOT_YOURS)
    return row
