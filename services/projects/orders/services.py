"""What was done, by whom: minutes and stars belong to who did the work, also when the order is done again by others."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.projects.orders import domain
from services.projects.orders.models import OrderService, ServiceOrder


def begin(session: Session, row: ServiceOrder, *, now: datetime) -> OrderService:
    """Delivered: it does not count yet."""
    made = OrderService(
        district_code=row.district_code,
        street_code=row.street_code,
        order_id=row.id,
        kind=row.kind,
        organisation_id=row.organisation_id,
        account_id=row.talent_account_id,
        delivered_by=row.delivered_by,
        checked_in_at=row.checked_in_at,
        delivered_at=now,
        minutes=row.delivered_minutes,
        evidence=row.evidence,
        status="delivered",
    )
    session.add(made)
    session.flush()
    return made


def current(session: Session, row: ServiceOrder, *, now: datetime) -> OrderService | None:
    """The service that the order stands for now; ``None`` where nobody has served since it was offered last."""
    if row.delivered_minutes is None:
        return None
    made = select(OrderService).where(OrderService.order_id == row.id)
    newest = made.order_by(OrderService.delivered_at.desc(), OrderService.id.desc()).limit(1)
    found: OrderService | None = session.scalars(newest).one_or_none()
    return found or begin(session, row, now=now)  # the release before wrote none


def judge(session: Session, row: ServiceOrder, action: str, *, now: datetime) -> OrderService | None:
    """Confirmed, disputed, resolved: whether the minutes count follows."""
    made = current(session, row, now=now)
    if made is not None:
        made.status = domain.next_service_status(made.status, action)
    return made


def rate(session: Session, row: ServiceOrder, stars: int, *, now: datetime) -> None:
    """Stars are of who did it. What is rated was confirmed."""
    made = current(session, row, now=now)
    if made is not None:
        made.stars = stars
        if made.status == "delivered":
            made.status = domain.next_service_status(made.status, "confirm")


def forget(row: ServiceOrder) -> None:
    """The order is somebody else's now: what was done before is a service of its own and no part of what comes."""
    row.checked_in_at = row.within_radius = row.distance_m = row.check_in_reason = None
    row.delivered_minutes = row.delivered_by = row.summary = None
    row.confirmed_by = row.confirmed_relation = row.proxy_reason = None
    row.stars = row.comment = row.rated_at = row.rated_by = None
    row.hours_void = False
    if row.evidence:
        row.evidence = []
