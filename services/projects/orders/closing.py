"""Ending service orders: confirmation, sealing, no-shows, disputes, cancelling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts import roles
from contracts.projects import events_delivery as events
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.codes_orders import OrderCode
from contracts.projects.events_orders import OrderProxyNamed
from services.projects.known import queries as known
from services.projects.orders import clocks, domain, domain_clocks, offering, queries, services
from services.projects.orders.models import ServiceOrder
from services.projects.orders.offering import record

PROXIES = (roles.STREET_STAFF, roles.GRID_WORKER, roles.HUB, roles.BUREAU)


def confirm_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    order_id: str,
    proxy_reason: str | None = None,
    relation: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """By the requester, or a proxy with a reason; never by who did it."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    check_asker(session, row, actor)
    own = queries.linked_account(session, row) if row.caller_id is not None else row.requester_account_id
    requester = actor.account_id == own
    by = domain.confirmed_by(requester=requester, proxy_reason=proxy_reason)
    row.proxy_reason = None if requester else proxy_reason
    row.confirmed_relation = None if requester else relation or _relation(row, actor)
    finish(session, row, by=by, now=now)
    return queries.view(session, row)


def _relation(row: ServiceOrder, actor: Actor) -> str:
    """How a proxy stands to the requester, where they do not say."""
    if actor.account_id == row.proxy_account_id and row.proxy_relation is not None:
        return row.proxy_relation
    return {roles.GRID_WORKER: "grid_worker", roles.HUB: "hub"}.get(actor.role, "staff")


def finish(session: Session, row: ServiceOrder, *, by: str, now: datetime) -> None:
    """Confirmed: by the resident, a proxy, or the clock."""
    row.status = domain.next_status(row.status, "confirm")
    row.confirmed_by = by
    services.judge(session, row, "confirm", now=now)
    clocks.wind(session, row, now=now)
    record(
        session,
        row,
        events.OrderConfirmed,
        confirmed_by=by,
        organisation_id=row.organisation_id,
        account_id=row.talent_account_id,
        requester_account_id=row.requester_account_id,
    )


def is_asker(session: Session, row: ServiceOrder, actor: Actor) -> bool:
    """Who asked, whom they named, or who stands in for residents."""
    askers = {row.requester_account_id, row.requested_by_account_id, row.proxy_account_id}
    if actor.role in PROXIES or actor.account_id in askers - {None}:
        return True
    return actor.account_id is not None and actor.account_id == queries.linked_account(session, row)


def check_asker(session: Session, row: ServiceOrder, actor: Actor) -> None:
    """Who asked, or who stands in for residents; never the one who does the work."""
    if queries.is_doer(row, actor) or not is_asker(session, row, actor):
        raise ForbiddenError(DeliveryCode.ORDER_NOT_YOURS)


def name_order_proxy(
    session: Session,
    *,
    actor: Actor,
    order_id: str,
    account_id: str,
    relation: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """By who asked or staff; not whoever does the work, and not in a final state."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    check_asker(session, row, actor)
    account = known.account(session, account_id)
    if account is None or account.district_code != row.district_code:
        raise ConflictError(OrderCode.ACCOUNT_UNKNOWN)
    by_organisation = account.organisation_id is not None and account.organisation_id == row.organisation_id
    if by_organisation or account_id in (row.talent_account_id, row.delivered_by):
        raise ForbiddenError(DeliveryCode.ORDER_NOT_YOURS)
    if row.status in domain_clocks.FINAL:
        raise ConflictError(DeliveryCode.ORDER_STATE, status=row.status, action="name_proxy")
    row.proxy_account_id, row.proxy_relation = account_id, relation
    record(session, row, OrderProxyNamed, account_id=account_id, relation=relation)
    return queries.view(session, row)


def seal_order(
    session: Session, *, actor: Actor, now: datetime, order_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Nothing changes any more."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    seal(session, row, now=now)
    return queries.view(session, row)


def seal(session: Session, row: ServiceOrder, *, now: datetime) -> None:
    """The place is forgotten, and no clock runs."""
    row.status = domain.next_status(row.status, "seal")
    row.latitude = row.longitude = None
    clocks.wind(session, row, now=now)
    record(session, row, events.OrderSealed)


def report_order_no_show(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    order_id: str,
    by: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Somebody did not come; the order may be offered or scheduled again."""
    row = _party_lock(session, actor, order_id, expected_version)
    row.reason = reason
    no_show(session, row, by=by, now=now)
    return queries.view(session, row)


def no_show(session: Session, row: ServiceOrder, *, by: str, now: datetime) -> None:
    """By the provider, by the resident; ``unknown`` where the clock found that nobody checked in."""
    row.status = domain.next_status(row.status, "report_no_show")
    row.no_show_by = by
    clocks.wind(session, row, now=now)
    askers = queries.askers(session, row)
    record(session, row, events.OrderNoShowReported, by=by, asker_account_ids=askers, **queries.doer(row))


def dispute_order(
    session: Session, *, actor: Actor, now: datetime, order_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """The clock of confirmation stops until staff resolve it."""
    row = _party_lock(session, actor, order_id, expected_version)
    row.status = domain.next_status(row.status, "dispute")
    row.reason = reason
    services.judge(session, row, "dispute", now=now)
    clocks.wind(session, row, now=now)
    askers = queries.askers(session, row)
    record(session, row, events.OrderDisputed, asker_account_ids=askers, **queries.doer(row))
    return queries.view(session, row)


def resolve_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    order_id: str,
    outcome: str,
    reason: str,
    redo: bool,
    hours_void: bool,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Staff decide the dispute: it may be done again, by a new offer, and the hours may be void."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    row.status = domain.next_status(row.status, "resolve")
    row.outcome, row.reason, row.redo = outcome, reason, redo
    row.hours_void = hours_void
    service = services.judge(session, row, "void" if hours_void else "keep", now=now)
    clocks.wind(session, row, now=now)
    counted = {"minutes": service.minutes if service is not None and not hours_void else 0, **queries.doer(row)}
    askers = queries.askers(session, row)
    how = {"outcome": outcome, "redo": redo, "hours_void": hours_void}
    record(session, row, events.OrderResolved, **how, **counted, asker_account_ids=askers)
    return queries.view(session, row)


def cancel_order(
    session: Session, *, actor: Actor, now: datetime, order_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """By who asked, or the street; a waiting offer is withdrawn."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    check_asker(session, row, actor)
    cancel(session, row, reason=reason, now=now)
    return queries.view(session, row)


def cancel(session: Session, row: ServiceOrder, *, reason: str, now: datetime) -> None:
    """Called off; who asked, who had accepted and whoever was asked are told."""
    row.status = domain.next_status(row.status, "cancel")
    row.reason = reason
    offering.withdraw_offers(session, row, now=now)
    clocks.wind(session, row, now=now)
    whom = queries.doer(row)
    if queries.accepted_offer(session, row) is None:  # organisations that were only asked hear of the offer's end
        whom["organisation_id"] = None
    record(session, row, events.OrderCancelled, asker_account_ids=queries.askers(session, row), **whom)


def _party_lock(session: Session, actor: Actor, order_id: str, expected_version: int | None) -> ServiceOrder:
    queries.check_part(session, actor=actor, order_id=order_id)
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    if not (queries.is_doer(row, actor) or is_asker(session, row, actor)):
        raise ForbiddenError(DeliveryCode.ORDER_NOT_YOURS)
    return row
