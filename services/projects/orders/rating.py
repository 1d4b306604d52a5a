"""评单: once, changed for a while; a low one is followed up; shown to others as sums alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import db, ids
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.projects import events_delivery as events
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_orders import OrderCode
from contracts.projects.events_orders import OrderFollowUpSettled, OrderRatedLow
from contracts.projects.order_callers import FollowUpView
from services.projects.known.models import KnownOrganisation
from services.projects.orders import clocks, domain, policies, queries, services
from services.projects.orders.closing import check_asker
from services.projects.orders.models import OrderFollowUp, OrderService, ServiceOrder
from services.projects.orders.offering import record


def rate_order(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    order_id: str,
    stars: int,
    comment: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """By who asked or who stands in for them; changed by the same person for some hours."""
    row = queries.lock_order(session, actor=actor, order_id=order_id, expected_version=expected_version)
    check_asker(session, row, actor)
    status = domain.next_status(row.status, "rate")
    policy = policies.kind_of(session, row.district_code, row.kind)
    by, again = actor.account_id or "", row.status == "rated"
    rated_at = row.rated_at if again else None
    domain.check_rating_open(
        rated_at=rated_at, edit_hours=policy.rate_edit_hours, now=now, rated_by=row.rated_by, by=by
    )
    row.status, row.stars, row.comment = status, stars, comment
    services.rate(session, row, stars, now=now)
    if not again:
        row.rated_at, row.rated_by = now, by
        clocks.wind(session, row, now=now)
    record(session, row, events.OrderRated, stars=stars, organisation_id=row.organisation_id)
    if stars <= policy.low_stars:
        _follow_up(session, row, now=now)
    return queries.view(session, row)


def _follow_up(session: Session, row: ServiceOrder, *, now: datetime) -> None:
    """One for an order, however often its rating changes."""
    made = insert(OrderFollowUp).values(
        id=ids.new_id("ofu"),
        district_code=row.district_code,
        street_code=row.street_code,
        order_id=row.id,
        stars=row.stars,
        status="open",
        version=1,
        created_at=now,
    )
    follow_up_id = session.scalar(made.on_conflict_do_nothing().returning(OrderFollowUp.id))
    if follow_up_id is not None:
        record(session, row, OrderRatedLow, follow_up_id=follow_up_id, stars=row.stars)


def render(row: OrderFollowUp) -> dict[str, Any]:
    view: dict[str, Any] = FollowUpView().dump(row)
    return view


def find_follow_up(session: Session, follow_up_id: str, actor: Actor, *, lock: bool = False) -> OrderFollowUp:
    """In the caller's streets."""
    row = db.get_scoped(session, OrderFollowUp, follow_up_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(OrderCode.FOLLOW_UP_NOT_FOUND)
    return row


def list_order_follow_ups(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: str
) -> dict[str, Any]:
    """A page, newest first."""
    statement: Select[Any] = db.scoped(select(OrderFollowUp).filter_by(**filters), OrderFollowUp, actor)
    return db.page(session, statement, by=OrderFollowUp.id, render=render, cursor=cursor, limit=limit)


def settle_order_follow_up(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    follow_up_id: str,
    note: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Staff asked what went wrong."""
    row = find_follow_up(session, follow_up_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    if row.status != "open":
        raise ConflictError(OrderCode.FOLLOW_UP_STATE, status=row.status)
    row.status, row.note, row.settled_by, row.settled_at = "settled", note, actor.account_id, now
    session.flush()
    order = session.get_one(ServiceOrder, row.order_id)
    record(session, order, OrderFollowUpSettled, follow_up_id=row.id)
    return render(row)


def get_order_ratings(session: Session, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
    """Sums of an organisation of the caller's streets: no order and no person can be told from them."""
    seen: Select[Any] = db.scoped(select(KnownOrganisation.id), KnownOrganisation, actor)
    if session.scalar(seen.where(KnownOrganisation.id == organisation_id)) is None:
        raise NotFoundError(ProjectsCode.ORGANISATION_UNKNOWN, organisation_id=organisation_id)
    counted = (
        select(OrderService.stars, func.count())
        .where(OrderService.district_code == actor.district_code, OrderService.organisation_id == organisation_id)
        .where(OrderService.stars.is_not(None), OrderService.status != "void")
        .group_by(OrderService.stars)
    )
    found = {stars: count for stars, count in session.execute(counted) if stars is not None}
    return {
        "organisation_id": organisation_id,
        "ratings": sum(found.values()),
        "stars_sum": sum(stars * count for stars, count in found.items()),
        "by_stars": {str(stars): found.get(stars, 0) for stars in range(1, 6)},
    }
