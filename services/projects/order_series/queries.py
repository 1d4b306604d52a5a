"""Reading recurring orders, within the caller's streets and part in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from chassis import clock, db, workdays
from chassis.actor import Actor
from chassis.errors import ForbiddenError, NotFoundError
from contracts.projects.codes_orders import OrderCode
from contracts.projects.order_series import SeriesView
from services.projects.order_series import domain
from services.projects.order_series.models import OrderSeries, OrderSeriesChange
from services.projects.orders.clocks import is_workday
from services.projects.orders.closing import PROXIES
from services.projects.orders.models import OrderCaller, ServiceOrder
from services.projects.orders.queries import OVERSEERS

SHOWN = 100


def render(row: OrderSeries) -> dict[str, Any]:
    shown = {column.key: getattr(row, column.key) for column in OrderSeries.__mapper__.column_attrs}
    view: dict[str, Any] = SeriesView().dump({**shown, "starts_at": domain.clock_text(row.starts_minute)})
    return view


def visible(actor: Actor) -> Select[Any]:
    """Overseers see their streets'; others those they asked for, or are the preferred provider of."""
    statement = db.scoped(select(OrderSeries), OrderSeries, actor)
    if actor.is_system or actor.role in OVERSEERS:
        return statement
    parts = [
        OrderSeries.requester_account_id == actor.account_id,
        OrderSeries.requested_by_account_id == actor.account_id,
        OrderSeries.caller_id.in_(select(OrderCaller.id).where(OrderCaller.account_id == actor.account_id)),
    ]
    if actor.organisation_id is not None:
        parts.append(OrderSeries.preferred_organisation_id == actor.organisation_id)
    return statement.where(or_(*parts))


def find_series(session: Session, series_id: str, actor: Actor) -> OrderSeries:
    """One the caller may see."""
    row: OrderSeries | None = session.scalars(visible(actor).where(OrderSeries.id == series_id)).one_or_none()
    if row is None:
        raise NotFoundError(OrderCode.SERIES_NOT_FOUND)
    return row


def lock_series(session: Session, *, actor: Actor, series_id: str, expected_version: int | None = None) -> OrderSeries:
    """Locked for the transaction: what makes orders of it waits."""
    find_series(session, series_id, actor)
    row = db.get_scoped(session, OrderSeries, series_id, actor, lock=True)
    if row is None:
        raise NotFoundError(OrderCode.SERIES_NOT_FOUND)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return row


def check_asker(session: Session, row: OrderSeries, actor: Actor) -> None:
    """Who asked, or who stands in for residents; being preferred gives no say."""
    own = {row.requester_account_id, row.requested_by_account_id}
    if row.caller_id is not None:
        own.add(session.get_one(OrderCaller, row.caller_id).account_id or "")
    if actor.account_id not in own and actor.role not in PROXIES:
        raise ForbiddenError(OrderCode.SERIES_NOT_YOURS)


def list_order_series(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: str
) -> dict[str, Any]:
    """A page, newest first."""
    statement = visible(actor).filter_by(**filters)
    return db.page(session, statement, by=OrderSeries.id, render=render, cursor=cursor, limit=limit)


@dataclass(frozen=True)
class Occurrence:
    """``on``: the day the rule means, by which it is known; when it takes place may differ."""

    on: date
    starts_at: datetime
    ends_at: datetime


def occurrences(session: Session, row: OrderSeries, *, since: date, until: date) -> list[Occurrence]:
    """What is to take place for days of the rule in a range: without exceptions, with changes and holidays."""
    statement = select(OrderSeriesChange).where(OrderSeriesChange.series_id == row.id)
    changes = {change.occurrence_on: change for change in session.scalars(statement)}
    found = []
    for day in domain.days(domain.parse(row.rule), row.starts_on, until=until):
        if day < since or day.isoformat() in row.except_on:
            continue
        one = _settle(row, day, changes.get(day))
        if one is not None:
            found.append(one)
    return found


def _settle(row: OrderSeries, day: date, change: OrderSeriesChange | None) -> Occurrence | None:
    if change is not None and change.skip:
        return None
    on: date | None = change.moved_to if change is not None else None
    if on is None:
        on = domain.settle(day, row.holidays, is_festival=workdays.is_festival, is_workday=is_workday)
    if on is None:
        return None
    starts_minute, minutes = row.starts_minute, row.minutes
    if change is not None:
        starts_minute = row.starts_minute if change.starts_minute is None else change.starts_minute
        minutes = change.minutes or row.minutes
    starts_at = domain.instant_of(on, starts_minute)
    return Occurrence(day, starts_at, starts_at + timedelta(minutes=minutes))


def made(session: Session, row: OrderSeries) -> dict[date, ServiceOrder]:
    """Orders made of it, by the day of the rule."""
    statement = select(ServiceOrder).where(
        ServiceOrder.district_code == row.district_code, ServiceOrder.series_id == row.id
    )
    return {order.occurrence_on: order for order in session.scalars(statement) if order.occurrence_on is not None}


def list_order_occurrences(session: Session, *, actor: Actor, series_id: str) -> dict[str, Any]:
    """The next ones, and what became of them."""
    row = find_series(session, series_id, actor)
    today = clock.today(session, row.district_code)
    orders = made(session, row)
    coming = occurrences(session, row, since=today, until=today + timedelta(days=366 * 5))[:SHOWN]
    return {"items": [_shown(one, orders.get(one.on)) for one in coming]}


def _shown(one: Occurrence, order: ServiceOrder | None) -> dict[str, Any]:
    return {
        "occurrence_on": one.on.isoformat(),
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "order_id": order.id if order is not None else None,
        "status": order.status if order is not None else None,
    }
