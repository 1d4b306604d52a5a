"""What happens when a clock of an order runs out: it lapses, is confirmed, sealed, a no-show, or staff are asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects.events_orders import OrderOverdue
from services.projects.orders import clocks, closing, domain_clocks, offering, queries
from services.projects.orders.models import ServiceOrder

WOUND_AT_ONCE = 200


def run_order_clock(session: Session, *, actor: Actor, now: datetime, order_id: str, serial: int) -> None:
    """Timer. One of an earlier state, or one that comes twice, finds another serial and does nothing."""
    try:
        row = queries.lock_order(session, actor=actor, order_id=order_id)
    except NotFoundError:
        return
    if row.clock_serial != serial or row.clock is None:
        return
    run_out(session, row, now=now)


def run_out(session: Session, row: ServiceOrder, *, now: datetime) -> None:
    """The rule of this clock."""
    rule = domain_clocks.RULES[row.clock or ""]
    if rule == "expire":
        offering.expire_offers(session, row, now=now)
    elif rule == "confirm":
        closing.finish(session, row, by="clock", now=now)
    elif rule == "seal":
        closing.seal(session, row, now=now)
    elif rule == "no_show":
        closing.no_show(session, row, by="unknown", now=now)
    elif rule == "reoffer" and row.candidates and row.no_show_by != "resident":  # who came keeps the order
        offering.ask_next(session, row, now=now)
    else:
        _remind(session, row, now=now)


def _remind(session: Session, row: ServiceOrder, *, now: datetime) -> None:
    row.escalated = True
    row.reminders += 1
    clocks.wind_reminder(session, row, now=now)
    due_at = (row.due_at or now).isoformat()
    facts = {"status": row.status, "clock": row.clock, "due_at": due_at, "reminders": row.reminders}
    offering.record(session, row, OrderOverdue, **facts)


def wind_clockless(session: Session) -> None:
    """Orders of the release before have no clock yet: they get one, as if their state began now."""
    without = select(ServiceOrder).where(ServiceOrder.due_at.is_(None), ServiceOrder.status.not_in(domain_clocks.FINAL))
    for row in session.scalars(
        without.order_by(ServiceOrder.id).limit(WOUND_AT_ONCE).with_for_update(skip_locked=True)
    ):
        clocks.wind(session, row, now=clock.now(session, row.district_code))


def expire_offer_of_before(session: Session, *, actor: Actor, now: datetime, order_id: str, rank: int) -> None:
    """Timer of the release before: it counts while the order has no clock of its own."""
    row = _clockless(session, actor, order_id)
    if row is not None and row.status == "offered" and row.offer_rank == rank:
        offering.expire_offers(session, row, now=now)


def confirm_of_before(session: Session, *, actor: Actor, now: datetime, order_id: str) -> None:
    """Timer of the release before: it counts while the order has no clock of its own."""
    row = _clockless(session, actor, order_id)
    if row is not None and row.status == "delivered":
        closing.finish(session, row, by="clock", now=now)


def _clockless(session: Session, actor: Actor, order_id: str) -> ServiceOrder | None:
    try:
        row = queries.lock_order(session, actor=actor, order_id=order_id)
    except NotFoundError:
        return None
    return row if row.clock is None else None
