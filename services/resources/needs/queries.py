"""Reads of needs, each inside the caller's scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.resources.codes import ResourcesCode
from services.resources.known import domain as parties
from services.resources.known import queries as known
from services.resources.needs import domain
from services.resources.needs import domain_residents as residents
from services.resources.needs.models import Need
from services.resources.needs.rendering import render

SHOWN_TO_PROVIDERS = (domain.OPEN, domain.PARTLY, domain.MET)


def visible(actor: Actor) -> Select[Any]:
    """Staff: their streets and district-wide. A CSO: its own. A hub: its own, those of whom it cares for, and what it
    handles or may take on. A provider: what is or was asked for openly. A resident: their own. A grid worker:
    residents' of their streets."""
    statement = db.scoped(select(Need), Need, actor)
    if actor.role == roles.RESIDENT:
        return statement.where(of_person(actor))
    if actor.role == roles.GRID_WORKER:
        return statement.where(Need.organisation_id.is_(None))
    if not parties.is_bound(actor):
        return statement
    own = known.theirs(Need.organisation_id, actor)
    if actor.role == roles.PROVIDER:
        return statement.where(or_(Need.status.in_(SHOWN_TO_PROVIDERS), own))
    return statement.where(or_(own, handled(actor), _waiting(actor)) if actor.role == roles.HUB else own)


def of_person(actor: Actor) -> ColumnElement[bool]:
    """What the person asked for, or asked for by phone before they had an account."""
    if actor.account_id is None:
        return false()
    return or_(Need.requester_account_id == actor.account_id, Need.linked_account_id == actor.account_id)


def handled(actor: Actor) -> ColumnElement[bool]:
    """Residents' needs that the hub took on."""
    return Need.handler_organisation_id == actor.organisation_id if actor.organisation_id is not None else false()


def _waiting(actor: Actor) -> ColumnElement[bool]:
    """Residents' needs of the hub's streets that nobody has taken on."""
    if actor.organisation_id is None or not actor.street_codes:
        return false()
    return and_(
        Need.organisation_id.is_(None),
        Need.taken_on_at.is_(None),
        Need.street_code.in_(actor.street_codes),
        Need.status.in_(residents.LIVE),
    )


def find_need(session: Session, need_id: str, actor: Actor, *, lock: bool = False) -> Need:
    """One need the actor may see; raises NotFoundError."""
    statement = visible(actor).where(Need.id == need_id)
    if lock:
        statement = statement.with_for_update(of=Need).execution_options(populate_existing=True)
    found: Need | None = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFoundError(ResourcesCode.NEED_NOT_FOUND, need_id=need_id)
    return found


def get_need(session: Session, *, actor: Actor, need_id: str) -> dict[str, Any]:
    """The view of one need."""
    return render(session, find_need(session, need_id, actor), actor)


def list_needs(
    session: Session,
    *,
    actor: Actor,
    kind: str | None = None,
    status: str | None = None,
    organisation_id: str | None = None,
    project_id: str | None = None,
    street_code: str | None = None,
    unconfirmed: bool = False,
    needer: str | None = None,
    waiting: bool = False,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """A page of needs."""
    statement = visible(actor)
    filters: Iterable[tuple[Any, Any]] = (
        (Need.kind, kind),
        (Need.status, status),
        (Need.organisation_id, organisation_id),
        (Need.project_id, project_id),
        (Need.street_code, street_code),
    )
    for column, value in filters:
        if value is not None:
            statement = statement.where(column == value)
    if unconfirmed:
        statement = statement.where(Need.confirm_by.is_not(None), Need.status.in_(domain.MATCHABLE))
    if needer is not None:
        resident = Need.organisation_id.is_(None)
        statement = statement.where(resident if needer == "resident" else ~resident)
    if waiting:
        statement = statement.where(Need.organisation_id.is_(None), Need.taken_on_at.is_(None))
        statement = statement.where(Need.status.in_(residents.LIVE))
    return db.page(
        session, statement, by=Need.id, render=lambda row: render(session, row, actor), cursor=cursor, limit=limit
    )


def list_need_duplicates(
    session: Session, *, actor: Actor, need_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Other live needs of the same organisation or person, of the same kind and unit, that ask for the same, and by
    what one sees it."""
    need = find_need(session, need_id, actor)
    statement = visible(actor).where(
        Need.id != need.id,
        _same_needer(need),
        Need.kind == need.kind,
        Need.unit == need.unit,
        Need.status.in_((domain.DRAFT, domain.VERIFIED, *domain.MATCHABLE)),
    )
    same = [and_(Need.title_key == domain.title_key(need.title), Need.title_key != "")]
    if need.tags:
        same.append(and_(Need.tags.contains(need.tags), Need.tags.contained_by(need.tags)))

    def shown(row: Need) -> dict[str, Any]:
        likeness = domain.likeness(need.title, need.tags, row.title, row.tags)
        kept = {name: getattr(row, name) for name in ("title", "status", "quantity", "unit")}
        return {"need_id": row.id, **kept, "due_on": row.due_on.isoformat(), "likeness": likeness}

    return db.page(session, statement.where(or_(*same)), by=Need.id, render=shown, cursor=cursor, limit=limit)


def _same_needer(need: Need) -> ColumnElement[bool]:
    if need.organisation_id is not None:
        return Need.organisation_id == need.organisation_id
    if need.caller_id is not None:
        return Need.caller_id == need.caller_id
    return Need.requester_account_id == need.requester_account_id


def matchable(actor: Actor, *, kind: str | None, street_code: str | None) -> Select[Any]:
    """Open needs, of one street or of all."""
    statement = db.scoped(select(Need), Need, actor).where(Need.status.in_(domain.MATCHABLE))
    if kind is not None:
        statement = statement.where(Need.kind == kind)
    if street_code is not None:
        statement = statement.where(Need.street_code == street_code)
    return statement.order_by(Need.id)
