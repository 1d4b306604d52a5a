"""Orders of community sessions: asked for, put in and taken out, called off together, counted and rated together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.projects.orders import closing, domain
from services.projects.orders.models import ServiceOrder


def orders_of(session: Session, session_ids: Iterable[str], *, lock: bool = False) -> Sequence[ServiceOrder]:
    """Of these sessions, always in the same order: two who call off wait for each other."""
    statement = select(ServiceOrder).where(ServiceOrder.session_id.in_(list(session_ids))).order_by(ServiceOrder.id)
    if lock:
        statement = statement.with_for_update(of=ServiceOrder).execution_options(populate_existing=True)
    return session.scalars(statement).all()


def call_off(session: Session, rows: Sequence[ServiceOrder], *, now: datetime, reason: str) -> list[ServiceOrder]:
    """Cancels those that may be cancelled (their rows are locked); returns the others: work that has begun goes on."""
    going_on = []
    for row in rows:
        if (row.status, "cancel") in domain.TRANSITIONS:
            closing.cancel(session, row, reason=reason, now=now)
        else:
            going_on.append(row)
    return going_on


def totals(session: Session, session_ids: Iterable[str]) -> list[dict[str, Any]]:
    """``{session_id, status, orders, minutes, ratings, stars}`` per session and state, in one query."""
    stands = ServiceOrder.hours_void.is_(False)
    statement = (
        select(
            ServiceOrder.session_id,
            ServiceOrder.status,
            func.count().label("orders"),
            func.coalesce(func.sum(ServiceOrder.delivered_minutes).filter(stands), 0).label("minutes"),
            func.count(ServiceOrder.stars).filter(stands).label("ratings"),
            func.coalesce(func.sum(ServiceOrder.stars).filter(stands), 0).label("stars"),
        )
        .where(ServiceOrder.session_id.in_(list(session_ids)))
        .group_by(ServiceOrder.session_id, ServiceOrder.status)
    )
    return [dict(row._mapping) for row in session.execute(statement)]
