"""People who ask by phone: taken down with consent, found again by phone, linked to an account they open later."""

from __future__ import annotations

import hmac
import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from chassis import db, outbox, secretbox
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts import roles
from contracts.projects.codes_orders import OrderCode
from contracts.projects.events_orders import OrderCallerDisclosed, OrderCallerLinked
from contracts.projects.order_callers import OrderCallerView
from services.projects.known import queries as known
from services.projects.orders import domain_clocks, policies, queries
from services.projects.orders.models import OrderCaller, ServiceOrder
from services.projects.payees.settings import PAYEE_KEY_FILE

_DUPLICATES = 20


def index_of(phone: str) -> str:
    """A keyed digest by which the encrypted phone is found again; blanks, hyphens and +86 do not matter."""
    key = hmac.digest(secretbox.keys(PAYEE_KEY_FILE).oldest, b"footprint blind index", "sha256")
    normal = re.sub(r"[ -]", "", unicodedata.normalize("NFKC", phone)).removeprefix("+86")
    return hmac.new(key, f"order_caller.phone\0{normal}".encode(), "sha256").hexdigest()


def take_down(
    session: Session, *, actor: Actor, now: datetime, street_code: str, name: str, phone: str, **_: Any
) -> OrderCaller:
    """The caller of this phone in this street, or a new one; who called first keeps the name they gave."""
    index = index_of(phone)
    lock = func.hashtextextended(f"order-caller/{actor.district_code}/{street_code}/{index}", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    found = session.scalars(
        select(OrderCaller).where(
            OrderCaller.district_code == actor.district_code,
            OrderCaller.street_code == street_code,
            OrderCaller.phone_index == index,
        )
    ).one_or_none()
    if found is not None:
        return found
    row = OrderCaller(
        district_code=actor.district_code,
        street_code=street_code,
        name=name,
        phone=phone,
        phone_index=index,
        consented_at=now,
        taken_by=actor.account_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def render(row: OrderCaller) -> dict[str, Any]:
    """Masked: in full it is shown by a disclosure alone."""
    shown = {column.key: getattr(row, column.key) for column in OrderCaller.__mapper__.column_attrs}
    shown["name"] = row.name[:1] + "*" * min(max(len(row.name) - 1, 1), 2)
    shown["phone"] = f"{row.phone[:3]}****{row.phone[-4:]}"
    view: dict[str, Any] = OrderCallerView().dump(shown)
    return view


def find_caller(session: Session, caller_id: str, actor: Actor, *, lock: bool = False) -> OrderCaller:
    """In the caller's streets."""
    row = db.get_scoped(session, OrderCaller, caller_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(OrderCode.CALLER_NOT_FOUND)
    return row


def list_order_callers(
    session: Session,
    *,
    actor: Actor,
    phone_index: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """A page of the callers of one's streets, newest first; of one phone where its index is given."""
    statement: Select[Any] = db.scoped(select(OrderCaller), OrderCaller, actor)
    if phone_index is not None:
        statement = statement.where(OrderCaller.phone_index == phone_index)
    return db.page(session, statement, by=OrderCaller.id, render=render, cursor=cursor, limit=limit)


def link_caller(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    caller_id: str,
    account_id: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Staff have seen that they are the same person. The first requester of each order stays as it is."""
    row = find_caller(session, caller_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    if row.account_id is not None:
        raise ConflictError(OrderCode.CALLER_LINKED)
    account = known.account(session, account_id)
    if account is None or account.district_code != row.district_code or account.role != roles.RESIDENT:
        raise ConflictError(OrderCode.ACCOUNT_UNKNOWN)
    row.account_id, row.linked_by, row.linked_at = account_id, actor.account_id, now
    session.flush()
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, OrderCallerLinked(caller_id=row.id, account_id=account_id, street_codes=streets))
    return render(row)


def disclose_caller(session: Session, *, actor: Actor, order_id: str, purpose: str) -> dict[str, Any]:
    """Name and phone in full, to staff who call back and to whoever accepted the order; it is in the trail."""
    order = queries.get_order(session, actor=actor, order_id=order_id)
    if order.caller_id is None or not (actor.role in DISCLOSED or queries.is_doer(order, actor)):
        raise NotFoundError(OrderCode.CALLER_NOT_FOUND)
    row = session.get_one(OrderCaller, order.caller_id)
    streets = [order.street_code] if order.street_code else []
    told = OrderCallerDisclosed(caller_id=row.id, order_id=order.id, purpose=purpose, street_codes=streets)
    outbox.record(session, told)
    return {"caller_id": row.id, "order_id": order.id, "full_name": row.name, "full_phone": row.phone}


DISCLOSED = (roles.STREET_STAFF, roles.GRID_WORKER, roles.BUREAU)


def list_order_duplicates(session: Session, *, actor: Actor, order_id: str) -> dict[str, Any]:
    """Other live orders of the same person and kind that were asked or wanted about then: a suggestion, no verdict."""
    row = queries.get_order(session, actor=actor, order_id=order_id)
    near = timedelta(hours=policies.kind_of(session, row.district_code, row.kind).duplicate_hours)
    statement = queries.visible(select(ServiceOrder), actor).where(
        ServiceOrder.id != row.id,
        ServiceOrder.kind == row.kind,
        ServiceOrder.status.not_in(domain_clocks.FINAL),
        ServiceOrder.caller_id == row.caller_id
        if row.caller_id is not None
        else ServiceOrder.requester_account_id == row.requester_account_id,
    )
    asked: ColumnElement[bool] = ServiceOrder.created_at.between(row.created_at - near, row.created_at + near)
    if row.wanted_from is not None:
        wanted = ServiceOrder.wanted_from.between(row.wanted_from - near, row.wanted_from + near)
        asked = or_(wanted, ServiceOrder.wanted_from.is_(None) & asked)
    statement = statement.where(asked)
    rows = list(session.scalars(statement.order_by(ServiceOrder.id.desc()).limit(_DUPLICATES)))
    return {"items": queries.views(session, rows)}
