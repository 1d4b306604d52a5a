"""Service orders in a platform record: beside attendance, because an order tells minutes and no times to overlap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, cast, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from services.projects.orders import policies
from services.projects.orders.models import OrderService


def own(actor: Actor, from_on: date | None, until_on: date | None) -> list[ColumnElement[bool]]:
    """What one did oneself, as a talent; what was done for an organisation is the organisation's."""
    mine = [OrderService.district_code == actor.district_code, OrderService.account_id == actor.account_id]
    return [*mine, *_counting(from_on, until_on)]


def of_organisation(
    actor: Actor, organisation_id: str, from_on: date | None, until_on: date | None
) -> list[ColumnElement[bool]]:
    """What an organisation did, in the caller's streets."""
    theirs = db.scope_conditions(OrderService, district=actor.district_code, streets=actor.street_codes or None)
    return [*theirs, OrderService.organisation_id == organisation_id, *_counting(from_on, until_on)]


def _counting(from_on: date | None, until_on: date | None) -> list[ColumnElement[bool]]:
    """Confirmed, and not voided by a dispute; on the day it was delivered."""
    day = cast(func.timezone("Asia/Shanghai", OrderService.delivered_at), Date)
    found: list[ColumnElement[bool]] = [OrderService.status == "counted"]
    if from_on is not None:
        found.append(day >= from_on)
    if until_on is not None:
        found.append(day <= until_on)
    return found


def sums(session: Session, where: Sequence[ColumnElement[bool]]) -> dict[str, int]:
    """``{orders, order_minutes}``."""
    totals = select(func.count(), func.coalesce(func.sum(OrderService.minutes), 0)).where(*where)
    orders, minutes = session.execute(totals).one()
    return {"orders": orders, "order_minutes": int(minutes)}


def newest(session: Session, district_code: str, where: Sequence[ColumnElement[bool]], most: int) -> list[Any]:
    """``(service, name of its kind)``, newest first; an order's title may tell of a person and is not used."""
    names = {one.kind: one.name_zh for one in policies.kinds_of(session, district_code)}
    statement = select(OrderService).where(*where).order_by(OrderService.delivered_at.desc(), OrderService.id)
    return [(row, names.get(row.kind, row.kind)) for row in session.scalars(statement.limit(most))]
