"""Appointments: inside the hours or as the resident agreed, never twice for one talent or team, moved a few times."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts import roles
from contracts.projects import events_delivery as events
from contracts.projects.codes_orders import OrderCode
from contracts.projects.events_orders import OrderAppointmentMoved, OrderMoveAgreed
from services.projects.orders import clocks, domain, domain_clocks, policies, queries
from services.projects.orders.closing import check_asker
from services.projects.orders.models import ServiceOrder
from services.projects.orders.offering import record

STAFF = (roles.STREET_STAFF, roles.BUREAU)
BOOKED = ("scheduled", "checked_in")


def schedule_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    order_id: str,
    starts_at: datetime,
    ends_at: datetime,
    resident_consented: bool = False,
    outside_hours_reason: str | None = None,
    team: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """An appointment; another one instead, which the resident agrees to; also a new one after a no-show."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    if actor.role not in STAFF:
        queries.check_doer(row, actor)
    moved = row.status == "scheduled"
    row.status = domain.next_status(row.status, "schedule")
    domain.check_window(starts_at, ends_at, now=now)
    policy = policies.kind_of(session, row.district_code, row.kind)
    if moved:
        domain.check_moves(moves=row.moves, moves_max=policy.reschedules_max, staff=actor.role in STAFF)
    hours = policies.hours_of(session, row.district_code, row.street_code, row.kind)
    inside = domain_clocks.is_open(starts_at, ends_at, hours=hours, works=clocks.is_workday)
    domain.check_hours(inside=inside, reason=outside_hours_reason, consented=resident_consented)
    row.team = team or row.team
    check_free(session, row, starts_at, ends_at)
    row.starts_at, row.ends_at, row.no_show_by = starts_at, ends_at, None
    row.outside_hours_reason = None if inside else outside_hours_reason
    row.moves += moved
    row.move_agreed = resident_consented if moved else None
    clocks.wind(session, row, now=now)
    _record(session, row, moved=moved, whom={} if queries.is_doer(row, actor) else queries.doer(row))
    return queries.view(session, row)


def _record(session: Session, row: ServiceOrder, *, moved: bool, whom: dict[str, str | None]) -> None:
    when = {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat()}  # type: ignore[union-attr]
    askers = queries.askers(session, row)
    record(session, row, events.OrderScheduled, **when, **whom, moved=moved, asker_account_ids=askers)
    if moved and not row.move_agreed:
        record(session, row, OrderAppointmentMoved, requester_account_id=row.requester_account_id, **when)


def check_free(session: Session, row: ServiceOrder, starts_at: datetime, ends_at: datetime) -> None:
    """One talent, one team: one appointment at a time. Two that book at once queue for the lock (decision 0024)."""
    if row.talent_account_id is not None:
        name = f"order-talent/{row.district_code}/{row.talent_account_id}"
        same = ServiceOrder.talent_account_id == row.talent_account_id
    elif row.team is not None:
        name = f"order-team/{row.district_code}/{row.organisation_id}/{row.team}"
        same = (ServiceOrder.organisation_id == row.organisation_id) & (ServiceOrder.team == row.team)
    else:
        return
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    clash = session.scalar(
        select(ServiceOrder.id)
        .where(ServiceOrder.district_code == row.district_code, ServiceOrder.id != row.id, same)
        .where(ServiceOrder.status.in_(BOOKED), ServiceOrder.starts_at < ends_at, ServiceOrder.ends_at > starts_at)
        .limit(1)
    )
    if clash is not None:
        raise ConflictError(OrderCode.DOUBLE_BOOKED)


def agree_order_move(
    session: Session, *, actor: Actor, order_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """By who asked, or who stands in for residents; never by who does the work."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    check_asker(session, row, actor)
    if row.status != "scheduled" or row.move_agreed is not False or row.starts_at is None:
        raise ConflictError(OrderCode.MOVE_NOT_WAITING)
    row.move_agreed = True
    record(session, row, OrderMoveAgreed, starts_at=row.starts_at.isoformat(), **queries.doer(row))
    return queries.view(session, row)
