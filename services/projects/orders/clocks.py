"""Winding the clock of an order: whenever its state changes, the next one runs, and the one before is stopped."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from chassis import clock, timers, workdays
from services.projects.orders import domain_clocks, policies
from services.projects.orders.models import ServiceOrder

TIMER = "run_order_clock"


def wind(session: Session, row: ServiceOrder, *, now: datetime) -> None:
    """Start the clock of the state the order is in. Its serial makes a timer of an earlier state powerless."""
    stop(session, row)
    row.reminders = 0
    row.escalated = row.status in ("declined", "expired")  # the list is exhausted: staff decide
    waiting = domain_clocks.Waiting(
        status=row.status, answer_by=row.offer_expires_at, ends_at=row.ends_at, redo=row.redo
    )
    row.clock = domain_clocks.clock_of(waiting)
    policy = policies.kind_of(session, row.district_code, row.kind)
    hours = domain_clocks.ALWAYS
    if policy.working_time:
        hours = policies.hours_of(session, row.district_code, row.street_code, row.kind)
    row.due_at = domain_clocks.due_at(waiting, policy=policy, now=now, hours=hours, works=is_workday)
    if row.due_at is not None:
        _set(session, row, row.due_at)


def wind_reminder(session: Session, row: ServiceOrder, *, now: datetime) -> None:
    """The state stays, and so does the time it was due; staff are asked again later."""
    stop(session, row)
    policy = policies.kind_of(session, row.district_code, row.kind)
    _set(session, row, now + timedelta(minutes=policy.remind_minutes))


def stop(session: Session, row: ServiceOrder) -> None:
    """The order's running clock no longer matters."""
    if row.timer_id is not None:
        timers.cancel(session, row.timer_id)
        row.timer_id = None


def is_workday(day: date) -> bool:
    """By the published holiday calendar."""
    return workdays.is_workday(day)[0]


def day_needed(row: ServiceOrder, now: datetime) -> date:
    """The day on which what is on record must still hold: the appointment's, the wanted one, or today."""
    return clock.day_of(max(row.ends_at or row.wanted_until or now, now))


def _set(session: Session, row: ServiceOrder, due_at: datetime) -> None:
    row.clock_serial = (row.clock_serial or 0) + 1
    row.timer_id = timers.schedule(
        session, TIMER, due_at=due_at, district_code=row.district_code, order_id=row.id, serial=row.clock_serial
    )
