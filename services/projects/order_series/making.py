"""Making orders of a recurring order, some days ahead: each occurrence exactly once, whatever runs twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from chassis import clock, outbox, timers
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects import events_delivery as events
from contracts.projects.events_orders import OrderOccurrenceMade, OrderSeriesAdvanced
from services.projects.known.models import KnownOrganisation
from services.projects.order_series import domain, queries
from services.projects.order_series.models import OrderSeries
from services.projects.order_series.queries import Occurrence
from services.projects.orders import actions, clocks, offering, policies
from services.projects.orders import domain as orders
from services.projects.orders.models import ServiceOrder

LONGEST_DAYS = 3660  # longer than any district may let a rule reach
TIMER = "make_order_occurrences"


def make_order_occurrences(session: Session, *, actor: Actor, now: datetime, series_id: str) -> None:
    """Timer: once a day; a series that is paused or ended makes nothing."""
    try:
        row = queries.lock_series(session, actor=actor, series_id=series_id)
    except NotFoundError:
        return
    if row.status == "active":
        make(session, row, now=now)


def make(session: Session, row: OrderSeries, *, now: datetime) -> None:
    """Under the series' lock, and a unique key on (series, day) besides: no occurrence is made twice."""
    today = clock.day_of(now)
    until = today + timedelta(days=policies.numbers_of(session, row.district_code)[policies.HORIZON_DAYS])
    there = queries.made(session, row)
    for one in queries.occurrences(session, row, since=today, until=until):
        if one.on not in there and one.ends_at > now:
            _make_one(session, row, one, now=now)
    row.made_until = until
    _wait(session, row, today)
    last = domain.days(domain.parse(row.rule), row.starts_on, until=row.starts_on + timedelta(days=LONGEST_DAYS))[-1:]
    if last and last[0] < today:
        stop(session, row)
        advance(session, row, "end")


def _wait(session: Session, row: OrderSeries, today: date) -> None:
    stop(session, row)
    due_at = clock.end_of(today)
    row.timer_id = timers.schedule(session, TIMER, due_at=due_at, district_code=row.district_code, series_id=row.id)


def stop(session: Session, row: OrderSeries) -> None:
    """Nothing is made any more until somebody asks for it."""
    if row.timer_id is not None:
        timers.cancel(session, row.timer_id)
        row.timer_id = None


def advance(session: Session, row: OrderSeries, action: str) -> None:
    """A step of the table, told."""
    row.status = domain.next_status(row.status, action)
    session.flush()
    told = OrderSeriesAdvanced(series_id=row.id, action=action, status=row.status, street_codes=_streets(row))
    outbox.record(session, told)


def _streets(row: OrderSeries) -> list[str]:
    return [row.street_code] if row.street_code else []


def _make_one(session: Session, row: OrderSeries, one: Occurrence, *, now: datetime) -> None:
    """Verified with its series; the preferred provider is asked first, and is as free to decline as any."""
    order = ServiceOrder(
        **actions.blank(row.district_code, on_behalf=row.on_behalf, now=now),
        street_code=row.street_code,
        community_code=row.community_code,
        kind=row.kind,
        title=row.title,
        need=row.need,
        requester_account_id=row.requester_account_id,
        requested_by_account_id=row.requested_by_account_id,
        caller_id=row.caller_id,
        latitude=row.latitude,
        longitude=row.longitude,
        wanted_from=one.starts_at,
        wanted_until=one.ends_at,
        series_id=row.id,
        occurrence_on=one.on,
    )
    actions.begin_order(session, order, now=now)
    order.status = orders.next_status(order.status, "verify")
    order.minutes, order.risky = int((one.ends_at - one.starts_at).total_seconds() // 60), row.risky
    offering.record(session, order, events.OrderVerified, kind=order.kind, risky=order.risky)
    told = OrderOccurrenceMade(
        series_id=row.id, order_id=order.id, occurrence_on=one.on.isoformat(), street_codes=_streets(row)
    )
    outbox.record(session, told)
    preferred = session.get(KnownOrganisation, row.preferred_organisation_id) if row.preferred_organisation_id else None
    if preferred is not None and preferred.status == "active":
        offering.ask(session, order, now=now, whom=[(preferred.id, None)])
    else:
        clocks.wind(session, order, now=now)
