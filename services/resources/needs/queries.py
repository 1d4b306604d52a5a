"""Reads of needs, each inside the caller's scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.resources.codes import ResourcesCode
from contracts.resources.needs import NeedView
from services.resources.known import domain as parties
from services.resources.known import queries as known
from services.resources.needs import domain
from services.resources.needs.models import Need

SHOWN_TO_PROVIDERS = (domain.OPEN, domain.PARTLY, domain.MET)


def visible(actor: Actor) -> Select[Any]:
    """Staff: their streets and district-wide. A CSO: its own. A hub: its own and those of whom it cares for. A
    provider: what is or was asked for openly."""
    statement = db.scoped(select(Need), Need, actor)
    if not parties.is_bound(actor):
        return statement
    own = known.theirs(Need.organisation_id, actor)
    return statement.where(or_(Need.status.in_(SHOWN_TO_PROVIDERS), own) if actor.role == "provider" else own)


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
    return render(session, find_need(session, need_id, actor))


def list_needs(
    session: Session,
    *,
    actor: Actor,
    kind: str | None = None,
    status: str | None = None,
    organisation_id: str | None = None,
    project_id: str | None = None,
    street_code: str | None = None,
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
    return db.page(session, statement, by=Need.id, render=lambda row: render(session, row), cursor=cursor, limit=limit)


def matchable(actor: Actor, *, kind: str | None, street_code: str | None) -> Select[Any]:
    """Open needs, of one street or of all."""
    statement = db.scoped(select(Need), Need, actor).where(Need.status.in_(domain.MATCHABLE))
    if kind is not None:
        statement = statement.where(Need.kind == kind)
    if street_code is not None:
        statement = statement.where(Need.street_code == street_code)
    return statement.order_by(Need.id)


def render(session: Session, need: Need) -> dict[str, Any]:
    """The view."""
    session.flush()
    row = {column.key: getattr(need, column.key) for column in Need.__table__.columns}
    row["organisation_name"] = known.name_of(session, need.organisation_id)
    row["amount_fen"] = need.quantity if need.kind == "funds" else None
    view: dict[str, Any] = NeedView().dump(row)
    return view
