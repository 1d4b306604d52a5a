"""Counts and sums inside the caller's scope."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from services.resources.allocations.models import Allocation
from services.resources.needs.models import Need
from services.resources.offers.models import Offer


def get_resources_dashboard(session: Session, *, actor: Actor, street_code: str | None) -> dict[str, Any]:
    """By kind and status, and what is offered, reserved, given and needed."""

    def counted(model: Any, *by: Any) -> list[dict[str, Any]]:
        statement = select(*by, func.count().label("count")).group_by(*by).order_by(*by)
        return _rows(session, _within(statement, model, actor, street_code))

    def summed(model: Any, *columns: Any) -> list[dict[str, Any]]:
        by = (model.kind, model.unit)
        sums = (func.sum(column).label(column.key) for column in columns)
        statement = select(*by, *sums).where(model.status != "draft").group_by(*by).order_by(*by)
        return _rows(session, _within(statement, model, actor, street_code))

    return {
        "street_code": street_code,
        "offers": counted(Offer, Offer.kind, Offer.status),
        "needs": counted(Need, Need.kind, Need.status),
        "allocations": counted(Allocation, Allocation.status),
        "offered": summed(Offer, Offer.quantity, Offer.free, Offer.reserved, Offer.handed_over),
        "needed": summed(Need, Need.quantity, Need.allotted, Need.received),
    }


def _within(statement: Select[Any], model: Any, actor: Actor, street_code: str | None) -> Select[Any]:
    statement = db.scoped(statement, model, actor)
    return statement if street_code is None else statement.where(model.street_code == street_code)


def _rows(session: Session, statement: Select[Any]) -> list[dict[str, Any]]:
    rows = session.execute(statement).mappings()
    return [{key: value if isinstance(value, str) else int(value) for key, value in row.items()} for row in rows]
