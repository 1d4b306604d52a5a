"""Reading service orders, always within the caller's streets and part in the order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from chassis.errors import ForbiddenError, NotFoundError
from contracts import roles
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.orders import OrderView
from services.projects.orders import domain
from services.projects.orders.models import OrderCaller, OrderOffer, ServiceOrder

OVERSEERS = (*roles.STAFF, roles.HUB, roles.GRID_WORKER, roles.AUDITOR)


def visible(statement: Select[Any], actor: Actor) -> Select[Any]:
    """Overseers see their streets' orders; others those they asked for, are offered, do, or may claim."""
    statement = db.scoped(statement, ServiceOrder, actor)
    if actor.is_system or actor.role in OVERSEERS:
        return statement
    return statement.where(or_(*_parts(actor)))


def _parts(actor: Actor) -> list[ColumnElement[bool]]:
    parts = [
        ServiceOrder.requester_account_id == actor.account_id,
        ServiceOrder.requested_by_account_id == actor.account_id,
        ServiceOrder.talent_account_id == actor.account_id,
        ServiceOrder.proxy_account_id == actor.account_id,
        ServiceOrder.caller_id.in_(select(OrderCaller.id).where(OrderCaller.account_id == actor.account_id)),
        ServiceOrder.id.in_(select(OrderOffer.order_id).where(OrderOffer.account_id == actor.account_id)),
    ]
    if actor.organisation_id is not None:
        asked = select(OrderOffer.order_id).where(OrderOffer.organisation_id == actor.organisation_id)
        parts.append(ServiceOrder.id.in_(asked))
        parts.append(ServiceOrder.organisation_id == actor.organisation_id)
        parts.append(and_(ServiceOrder.status == "offered", ServiceOrder.open_claim.is_(True)))
    return parts


def get_order(session: Session, *, actor: Actor, order_id: str) -> ServiceOrder:
    """One order the caller may see."""
    row: ServiceOrder | None = session.scalars(
        visible(select(ServiceOrder).where(ServiceOrder.id == order_id), actor)
    ).one_or_none()
    if row is None:
        raise NotFoundError(DeliveryCode.ORDER_NOT_FOUND)
    return row


def check_part(session: Session, *, actor: Actor, order_id: str) -> None:
    """The caller has a part in the order, or oversees its street; otherwise it does not exist for them."""
    statement = visible(select(ServiceOrder.id).where(ServiceOrder.id == order_id), actor)
    if session.scalar(statement) is None:
        raise NotFoundError(DeliveryCode.ORDER_NOT_FOUND)


def lock_order(session: Session, *, actor: Actor, order_id: str, expected_version: int | None = None) -> ServiceOrder:
    """The order, locked for the transaction. Whoever races for it waits here and sees what the first one did."""
    row = db.get_scoped(session, ServiceOrder, order_id, actor, lock=True)
    if row is None:
        raise NotFoundError(DeliveryCode.ORDER_NOT_FOUND)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return row


def list_orders(
    session: Session,
    *,
    actor: Actor,
    escalated: bool | None = None,
    open_claim: bool | None = None,
    overdue: bool | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: str,
) -> dict[str, Any]:
    """A page of orders, newest first."""
    statement = visible(select(ServiceOrder).filter_by(**filters), actor)
    if escalated is not None:
        statement = statement.where(ServiceOrder.escalated.is_(escalated))
    if open_claim is not None:
        statement = statement.where(ServiceOrder.open_claim.is_(open_claim))
    if overdue is not None:
        late = ServiceOrder.due_at <= clock.now(session, actor.district_code)
        statement = statement.where(late if overdue else or_(~late, ServiceOrder.due_at.is_(None)))
    page = db.page(session, statement, by=ServiceOrder.id, render=lambda row: {"row": row}, cursor=cursor, limit=limit)
    return {**page, "items": views(session, [item["row"] for item in page["items"]])}


def count_orders(session: Session, *, actor: Actor) -> dict[str, Any]:
    """Orders by street and state, within the caller's streets."""
    columns: Any = (ServiceOrder.street_code, ServiceOrder.status, func.count().label("count"))
    everything: Select[Any] = select(*columns)
    statement = visible(everything, actor).group_by(ServiceOrder.street_code, ServiceOrder.status)
    rows = session.execute(statement.order_by(ServiceOrder.street_code, ServiceOrder.status))
    return {"items": [dict(row._mapping) for row in rows]}


def count_busy(session: Session, row: ServiceOrder, organisation_id: str | None, account_id: str | None) -> int:
    """Open orders of whoever wants to accept this one; they take one after the other, or two at once would miss it."""
    name = f"order-taker/{row.district_code}/{organisation_id or account_id}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    statement = select(func.count()).select_from(ServiceOrder)
    statement = statement.where(ServiceOrder.district_code == row.district_code, ServiceOrder.kind == row.kind)
    statement = statement.where(ServiceOrder.status.in_(domain.BUSY))
    if organisation_id is not None:
        statement = statement.where(ServiceOrder.organisation_id == organisation_id)
    else:
        statement = statement.where(ServiceOrder.talent_account_id == account_id)
    return session.scalar(statement) or 0


def waiting_offers(session: Session, row: ServiceOrder) -> list[OrderOffer]:
    """The offers that wait for an answer, in the order asked."""
    session.flush()
    waiting = select(OrderOffer).where(OrderOffer.order_id == row.id, OrderOffer.status.in_(("offered", "open")))
    return list(session.scalars(waiting.order_by(OrderOffer.rank)))


def offer_to(session: Session, row: ServiceOrder, actor: Actor) -> OrderOffer:
    """The waiting offer that asks this actor: nobody else may answer it."""
    for offer in waiting_offers(session, row):
        by_organisation = offer.organisation_id is not None and offer.organisation_id == actor.organisation_id
        if by_organisation or (offer.account_id is not None and offer.account_id == actor.account_id):
            return offer
    raise ForbiddenError(DeliveryCode.ORDER_NOT_OFFERED_TO_YOU)


def accepted_offer(session: Session, row: ServiceOrder) -> OrderOffer | None:
    """The offer that was taken last."""
    taken = select(OrderOffer).where(OrderOffer.order_id == row.id, OrderOffer.status == "accepted")
    return session.scalars(taken.order_by(OrderOffer.rank.desc()).limit(1)).one_or_none()


def askers(session: Session, row: ServiceOrder) -> list[str]:
    """Whom news of the order reaches: who asked first, and the account of who called by phone."""
    return sorted({row.requester_account_id, linked_account(session, row) or row.requester_account_id})


def doer(row: ServiceOrder) -> dict[str, str | None]:
    """Who does it, as events name them."""
    return {"organisation_id": row.organisation_id, "account_id": row.talent_account_id}


def is_doer(row: ServiceOrder, actor: Actor) -> bool:
    """Who accepted; being asked once, and declining, gives no part in what another does."""
    by_organisation = actor.organisation_id is not None and actor.organisation_id == row.organisation_id
    by_person = actor.account_id is not None and actor.account_id in (row.talent_account_id, row.delivered_by)
    return by_organisation or by_person


def check_doer(row: ServiceOrder, actor: Actor) -> None:
    """Who accepted does it."""
    domain.check_addressee(
        offered_organisation_id=row.organisation_id,
        offered_account_id=row.talent_account_id,
        organisation_id=actor.organisation_id,
        account_id=actor.account_id,
    )


def linked_account(session: Session, row: ServiceOrder) -> str | None:
    """The account of who called by phone, where one was linked."""
    return session.get_one(OrderCaller, row.caller_id).account_id if row.caller_id is not None else None


def view(session: Session, row: ServiceOrder) -> dict[str, Any]:
    """The order as the edge shows it, with every offer in the order asked."""
    return views(session, [row])[0]


def views(session: Session, rows: Sequence[ServiceOrder]) -> list[dict[str, Any]]:
    """Orders as the edge shows them: their offers and callers with one query each."""
    session.flush()
    offers = defaultdict(list)
    ids = [row.id for row in rows]
    found = session.scalars(select(OrderOffer).where(OrderOffer.order_id.in_(ids)).order_by(OrderOffer.rank))
    for offer in found:
        offers[offer.order_id].append(offer)
    callers = {row.caller_id for row in rows if row.caller_id is not None}
    linked: dict[str, str | None] = {}
    if callers:
        pairs = select(OrderCaller.id, OrderCaller.account_id).where(OrderCaller.id.in_(callers))
        linked = {row.id: row.account_id for row in session.execute(pairs)}
    return [_render(session, row, offers[row.id], linked) for row in rows]


def _render(
    session: Session, row: ServiceOrder, offers: list[OrderOffer], linked: dict[str, str | None]
) -> dict[str, Any]:
    shown = {column.key: getattr(row, column.key) for column in ServiceOrder.__mapper__.column_attrs}
    shown["overdue"] = row.due_at is not None and row.due_at <= clock.now(session, row.district_code)
    shown["linked_account_id"] = linked.get(row.caller_id) if row.caller_id is not None else None
    rendered: dict[str, Any] = OrderView().dump({**shown, "offers": offers})
    return rendered
