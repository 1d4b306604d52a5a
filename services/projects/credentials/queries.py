"""Reading credentials within the caller's scope."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes_orders import OrderCode
from contracts.projects.credentials import CredentialView
from services.projects.credentials import domain
from services.projects.credentials.models import Credential
from services.projects.known import queries as known

_OVERSEERS = (*roles.STAFF, roles.AUDITOR)


def render(row: Credential) -> dict[str, Any]:
    view: dict[str, Any] = CredentialView().dump(row)
    return view


def _visible(actor: Actor) -> Select[Any]:
    statement = db.scoped(select(Credential), Credential, actor)
    if actor.is_system or actor.role in _OVERSEERS:
        return statement
    own = [Credential.account_id == actor.account_id]
    if actor.role == roles.HUB:
        own.append(known.in_care(Credential.organisation_id, actor))
    elif actor.organisation_id is not None:
        own.append(Credential.organisation_id == actor.organisation_id)
    return statement.where(or_(*own))


def find_credential(session: Session, credential_id: str, actor: Actor, *, lock: bool = False) -> Credential:
    """One the caller may see."""
    statement = _visible(actor).where(Credential.id == credential_id)
    if lock:
        statement = statement.with_for_update(of=Credential)
    row: Credential | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(OrderCode.CREDENTIAL_NOT_FOUND)
    return row


def list_credentials(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: str
) -> dict[str, Any]:
    """A page, newest first."""
    statement = _visible(actor).filter_by(**filters)
    return db.page(session, statement, by=Credential.id, render=render, cursor=cursor, limit=limit)


def facts_of(
    session: Session, district_code: str, organisation_id: str | None, account_id: str | None, *, kind: str, on: date
) -> dict[str, str]:
    """Requirement → credential that holds on the day, for whoever takes an order of this kind; the longest first."""
    holder = (
        Credential.organisation_id == organisation_id
        if organisation_id is not None
        else Credential.account_id == account_id
    )
    statement = (
        select(Credential)
        .where(Credential.district_code == district_code, holder, Credential.revoked_at.is_(None))
        .where(or_(Credential.service_kind.is_(None), Credential.service_kind == kind))
        .order_by(Credential.valid_until.desc().nulls_first(), Credential.id)
    )
    found: dict[str, str] = {}
    for row in session.scalars(statement):
        if domain.holds(row.valid_from, row.valid_until, on=on):
            found.setdefault(row.requirement, row.id)
    return found
