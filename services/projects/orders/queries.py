"""Reading service orders, always within the caller's streets and part in the order."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import InvalidError, NotFoundError
from contracts import roles
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.orders import OrderView
from services.projects.orders import domain
from services.projects.orders.models import OrderKind, OrderOffer, ServiceOrder

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
    return db.page(
        session,
        statement,
        by=ServiceOrder.id,
        render=lambda row: view(session, row),
        cursor=cursor,
        limit=limit,
    )


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


def current_offer(session: Session, row: ServiceOrder) -> OrderOffer:
    """The offer that waits for an answer."""
    return session.scalars(
        select(OrderOffer).where(OrderOffer.order_id == row.id, OrderOffer.rank == row.offer_rank)
    ).one()


def view(session: Session, row: ServiceOrder) -> dict[str, Any]:
    """The order as the edge shows it, with every offer in the order asked."""
    session.flush()
    offers = session.scalars(select(OrderOffer).where(OrderOffer.order_id == row.id).order_by(OrderOffer.rank))
    shown = {column.key: getattr(row, column.key) for column in ServiceOrder.__mapper__.column_attrs}
    rendered: dict[str, Any] = OrderView().dump({**shown, "offers": list(offers)})
    return rendered


def kind_of(session: Session, district_code: str, kind: str) -> domain.KindPolicy:
    """A kind's policy: the district's row, or the default."""
    for policy in kinds_of(session, district_code):
        if policy.kind == kind:
            return policy
    raise InvalidError(DeliveryCode.ORDER_KIND_UNKNOWN, service_kind=kind)


def kinds_of(session: Session, district_code: str) -> list[domain.KindPolicy]:
    """Every kind of the district; its own rows win over the defaults."""
    found = {policy.kind: policy for policy in domain.DEFAULT_KINDS}
    for row in session.scalars(select(OrderKind).where(OrderKind.district_code == district_code)):
        values = {name: getattr(row, name) for name in domain.KindPolicy.__dataclass_fields__}
        found[row.kind] = domain.KindPolicy(**values)
    return [found[kind] for kind in sorted(found)]


def list_order_kinds(session: Session, *, actor: Actor) -> dict[str, Any]:
    """Kinds of service with their clocks."""
    district = actor.district_code
    return {"items": [{**asdict(policy), "district_code": district} for policy in kinds_of(session, district)]}
