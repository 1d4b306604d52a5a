"""Changing a recurring order: one occurrence, from one on, or all that is still to come."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, ids, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.projects.codes_orders import OrderCode
from contracts.projects.events_orders import OrderSeriesChanged
from services.projects.order_series import actions, domain, making, queries
from services.projects.order_series.models import OrderSeries, OrderSeriesChange
from services.projects.orders import closing
from services.projects.orders.models import ServiceOrder

_KEPT = (
    *("district_code", "street_code", "community_code", "kind", "title", "need", "requester_account_id"),
    *("requested_by_account_id", "on_behalf", "caller_id", "latitude", "longitude", "starts_minute", "minutes"),
    *("except_on", "holidays", "risky", "preferred_organisation_id"),
)
CHANGED = "周期订单变更 / the recurring order changed"


def change_order_series(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    series_id: str,
    reach: str,
    skip: bool,
    occurrence_on: date | None = None,
    moved_to: date | None = None,
    starts_at: str | None = None,
    expected_version: int | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """What was accepted stays agreed, whatever is changed; its order is the place to talk about it."""
    row = queries.lock_series(session, actor=actor, series_id=series_id, expected_version=expected_version)
    queries.check_asker(session, row, actor)
    domain.next_status(row.status, "change")
    if starts_at is not None:
        changes["starts_minute"] = domain.minute_of(starts_at)
    if reach == "this":
        _change_one(session, row, _day(row, occurrence_on), skip=skip, moved_to=moved_to, now=now, **changes)
        return _told(session, row, row, reach, occurrence_on)
    if skip or moved_to is not None or (reach == "following") != (occurrence_on is not None):
        raise InvalidError(OrderCode.SERIES_RULE_INVALID)
    if row.status == "requested" and reach == "all":
        _edit(session, row, changes)
        return _told(session, row, row, reach, None)
    since = _day(row, occurrence_on) if occurrence_on is not None else _next(row, clock.day_of(now))
    return _told(session, row, _split(session, row, since, changes, now=now), reach, since)


def _day(row: OrderSeries, day: date | None) -> date:
    if day is None or day not in domain.days(domain.parse(row.rule), row.starts_on, until=day):
        raise NotFoundError(OrderCode.OCCURRENCE_NOT_FOUND)
    return day


def _next(row: OrderSeries, today: date) -> date:
    """The next occurrence: a rule that goes on from it keeps its rhythm."""
    until = today + timedelta(days=making.LONGEST_DAYS)
    for day in domain.days(domain.parse(row.rule), row.starts_on, until=until):
        if day >= today:
            return day
    raise NotFoundError(OrderCode.OCCURRENCE_NOT_FOUND)


def _edit(session: Session, row: OrderSeries, changes: dict[str, Any]) -> None:
    rule = changes.pop("rule", row.rule)
    row.rule = actions.checked(session, row.district_code, rule, row.starts_on)
    for name, value in changes.items():
        setattr(row, name, value)


def _change_one(
    session: Session,
    row: OrderSeries,
    day: date,
    *,
    skip: bool,
    moved_to: date | None,
    now: datetime,
    starts_minute: int | None = None,
    minutes: int | None = None,
    **others: Any,
) -> None:
    if others or (moved_to is not None and moved_to < clock.day_of(now)):
        raise InvalidError(OrderCode.SERIES_RULE_INVALID)
    order = queries.made(session, row).get(day)
    if order is not None:
        session.refresh(order, with_for_update=True)
        if order.status not in actions.UNTAKEN:
            raise ConflictError(OrderCode.OCCURRENCE_FIXED, order_id=order.id)
    said = {"skip": skip, "moved_to": moved_to, "starts_minute": starts_minute, "minutes": minutes, "changed_at": now}
    statement = insert(OrderSeriesChange).values(
        id=ids.new_id("osc"), district_code=row.district_code, series_id=row.id, occurrence_on=day, **said
    )
    key = ["district_code", "series_id", "occurrence_on"]
    session.execute(statement.on_conflict_do_update(index_elements=key, set_=said))
    session.expire_all()
    if order is not None:
        _follow(session, row, order, day, now=now)


def _follow(session: Session, row: OrderSeries, order: ServiceOrder, day: date, *, now: datetime) -> None:
    """The order that was made already does what its occurrence does now."""
    found = queries.occurrences(session, row, since=day, until=day)
    if not found:
        closing.cancel(session, order, reason=CHANGED, now=now)
        return
    order.wanted_from, order.wanted_until = found[0].starts_at, found[0].ends_at
    order.minutes = int((found[0].ends_at - found[0].starts_at).total_seconds() // 60)


def _split(session: Session, row: OrderSeries, since: date, changes: dict[str, Any], *, now: datetime) -> OrderSeries:
    """The old one ends before the day; a new one follows it. Days whose order was accepted stay with the old one."""
    everything = domain.days(domain.parse(row.rule), row.starts_on, until=since + timedelta(days=making.LONGEST_DAYS))
    earlier, later = domain.split(domain.parse(row.rule), everything, since)
    given = changes.pop("rule", None)
    if given is None and later is None:
        raise NotFoundError(OrderCode.OCCURRENCE_NOT_FOUND)
    staying = actions.call_off(session, row, since=since, reason=CHANGED, now=now)
    kept = {name: getattr(row, name) for name in _KEPT}
    new = OrderSeries(**{**kept, **changes}, status=row.status, follows_id=row.id, created_at=now, starts_on=since)
    new.rule = actions.checked(session, row.district_code, given or later.text(), since)  # type: ignore[union-attr]
    new.except_on = sorted({*row.except_on, *(day.isoformat() for day in staying)})
    session.add(new)
    session.flush()
    if earlier is not None:
        row.rule = earlier.text()
    making.stop(session, row)
    making.advance(session, row, "end")
    if new.status == "active":
        making.make(session, new, now=now)
    return new


def _told(session: Session, row: OrderSeries, shown: OrderSeries, reach: str, day: date | None) -> dict[str, Any]:
    session.flush()
    told = OrderSeriesChanged(
        series_id=shown.id,
        reach=reach,
        occurrence_on=day.isoformat() if day is not None else None,
        follows_id=row.id if shown is not row else None,
        street_codes=[row.street_code] if row.street_code else [],
    )
    outbox.record(session, told)
    return queries.render(shown)
