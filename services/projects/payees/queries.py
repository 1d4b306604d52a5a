"""Reading payee accounts: always masked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes_money import MoneyCode
from contracts.projects.payees import PayeeView
from services.projects.known import queries as known
from services.projects.payees import domain
from services.projects.payees.models import Payee


def render(row: Payee) -> dict[str, Any]:
    shown = {
        "payee_id": row.id,
        "organisation_id": row.organisation_id,
        "status": row.status,
        "version": row.version,
        "district_code": row.district_code,
        "street_code": row.street_code,
        "holder": domain.mask_holder(row.holder),
        "account_number": domain.mask_account(row.account_number),
        "bank": row.bank,
        "bank_code": row.bank_code,
        "registered_at": row.created_at,
        "verified_at": row.verified_at,
    }
    view: dict[str, Any] = PayeeView().dump(shown)
    return view


def _visible(actor: Actor) -> Select[Any]:
    statement = db.scoped(select(Payee), Payee, actor)
    if actor.role == roles.CSO:
        return statement.where(Payee.organisation_id == actor.organisation_id)
    if actor.role == roles.HUB:
        return statement.where(known.in_care(Payee.organisation_id, actor))
    return statement


def find_payee(session: Session, payee_id: str, actor: Actor, *, lock: bool = False) -> Payee:
    """One the actor may see; raises ``payee_not_found``."""
    statement = _visible(actor).where(Payee.id == payee_id)
    if lock:
        statement = statement.with_for_update(of=Payee)
    row: Payee | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(MoneyCode.PAYEE_NOT_FOUND)
    return row


def get_payee(session: Session, *, actor: Actor, payee_id: str) -> dict[str, Any]:
    return render(find_payee(session, payee_id, actor))


def list_payees(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = _visible(actor).filter_by(**filters)
    return db.page(session, statement, by=Payee.id, render=render, cursor=cursor, limit=limit)


def verified_of(session: Session, organisation_ids: Collection[str]) -> dict[str, str]:
    """The verified account of each organisation that has one: ``{organisation_id: payee_id}``."""
    statement = select(Payee.organisation_id, Payee.id).where(
        Payee.organisation_id.in_(organisation_ids), Payee.status == "verified"
    )
    return dict(session.execute(statement).all())
