"""Asking for, beginning, pausing and ending recurring orders."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.errors import ForbiddenError, InvalidError
from contracts import roles
from contracts.projects.codes_orders import OrderCode
from contracts.projects.events_orders import OrderSeriesRequested
from contracts.projects.order_callers import TAKERS
from services.projects.known import queries as known
from services.projects.order_series import domain, making, queries
from services.projects.order_series.models import OrderSeries
from services.projects.orders import callers, closing, policies
from services.projects.orders import domain as orders
from services.projects.orders.actions import PLACE_DECIMALS, check_requester

UNTAKEN = ("requested", "verified", "offered", "declined", "expired")


def request_order_series(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    street_code: str,
    kind: str,
    rule: str,
    starts_on: date,
    starts_at: str,
    except_on: list[date],
    requester_account_id: str | None = None,
    caller: dict[str, Any] | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    **wish: Any,
) -> dict[str, Any]:
    """Who asked first is written once, here and on every order made of it."""
    _check_request(session, actor, now, street_code, kind, starts_on, requester_account_id, caller)
    row = OrderSeries(
        **_new(session, actor, now, rule, starts_on),
        **wish,
        street_code=street_code,
        kind=kind,
        starts_minute=domain.minute_of(starts_at),
        except_on=[day.isoformat() for day in except_on],
        requester_account_id=requester_account_id or actor.account_id,
        latitude=None if latitude is None else round(latitude, PLACE_DECIMALS),
        longitude=None if longitude is None else round(longitude, PLACE_DECIMALS),
    )
    if caller is not None:
        row.caller_id = callers.take_down(session, actor=actor, now=now, street_code=street_code, **caller).id
    session.add(row)
    session.flush()
    told = OrderSeriesRequested(series_id=row.id, kind=kind, on_behalf=row.on_behalf, street_codes=[street_code])
    outbox.record(session, told)
    return queries.render(row)


def _check_request(
    session: Session,
    actor: Actor,
    now: datetime,
    street_code: str,
    kind: str,
    starts_on: date,
    requester_account_id: str | None,
    caller: dict[str, Any] | None,
) -> None:
    db.check_street(actor, street_code)
    policies.kind_of(session, actor.district_code, kind)
    if actor.role == roles.RESIDENT and requester_account_id not in (None, actor.account_id):
        raise ForbiddenError(OrderCode.SERIES_NOT_YOURS)
    resident = actor.role not in TAKERS
    orders.check_caller(caller=caller, requester_account_id=requester_account_id, resident=resident)
    if requester_account_id not in (None, actor.account_id):
        check_requester(session, actor, requester_account_id)
    if starts_on < clock.day_of(now):
        raise InvalidError(OrderCode.SERIES_RULE_INVALID)


def _new(session: Session, actor: Actor, now: datetime, rule: str, starts_on: date) -> dict[str, Any]:
    return {
        "district_code": actor.district_code,
        "status": "requested",
        "requested_by_account_id": actor.account_id,
        "on_behalf": actor.role != roles.RESIDENT,
        "risky": False,
        "rule": checked(session, actor.district_code, rule, starts_on),
        "starts_on": starts_on,
        "created_at": now,
    }


def checked(session: Session, district_code: str, rule: str, starts_on: date) -> str:
    """The rule as it is kept, inside the subset and the district's bound."""
    parsed = domain.parse(rule)
    days_max = policies.numbers_of(session, district_code)[policies.SERIES_DAYS]
    domain.check_bounded(parsed, starts_on, days_max=days_max)
    return parsed.text()


def begin_order_series(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    series_id: str,
    risky: bool,
    preferred_organisation_id: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """制单 for every occurrence at once; the first ones are made right away."""
    row = queries.lock_series(session, actor=actor, series_id=series_id, expected_version=expected_version)
    domain.next_status(row.status, "begin")
    if preferred_organisation_id is not None:
        preferred_organisation_id = known.organisation(session, preferred_organisation_id).id
    row.risky, row.preferred_organisation_id = risky, preferred_organisation_id
    making.advance(session, row, "begin")
    making.make(session, row, now=now)
    session.flush()
    return queries.render(row)


def pause_order_series(
    session: Session, *, actor: Actor, series_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Nothing new is made; orders that are there stay, each to be called off by itself."""
    row = queries.lock_series(session, actor=actor, series_id=series_id, expected_version=expected_version)
    queries.check_asker(session, row, actor)
    making.advance(session, row, "pause")
    row.reason = reason
    making.stop(session, row)
    session.flush()
    return queries.render(row)


def resume_order_series(
    session: Session, *, actor: Actor, now: datetime, series_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """From today on; what the pause left out is not made up for."""
    row = queries.lock_series(session, actor=actor, series_id=series_id, expected_version=expected_version)
    queries.check_asker(session, row, actor)
    making.advance(session, row, "resume")
    row.reason = None
    making.make(session, row, now=now)
    session.flush()
    return queries.render(row)


def end_order_series(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    series_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Orders that nobody has taken yet are called off; what was accepted stays agreed."""
    row = queries.lock_series(session, actor=actor, series_id=series_id, expected_version=expected_version)
    queries.check_asker(session, row, actor)
    making.advance(session, row, "end")
    row.reason = reason
    making.stop(session, row)
    call_off(session, row, since=clock.day_of(now), reason=reason, now=now)
    session.flush()
    return queries.render(row)


def call_off(session: Session, row: OrderSeries, *, since: date, reason: str, now: datetime) -> list[date]:
    """Cancel the orders from a day on that nobody has taken; answers the days of those that stay."""
    staying = []
    for day, order in sorted(queries.made(session, row).items()):
        if day < since:
            continue
        session.refresh(order, with_for_update=True)
        if order.status in UNTAKEN:
            closing.cancel(session, order, reason=reason, now=now)
        elif order.status != "cancelled":
            staying.append(day)
    return staying
