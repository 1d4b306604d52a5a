"""Whose row, for an organisation-bound actor: on top of the street scope of chassis.db."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import Select, false, func, inspect, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.codes import Code
from chassis.errors import NotFoundError
from contracts import roles
from services.registry.organisations.models import Organisation

Row = TypeVar("Row")
BOUND = {roles.CSO, roles.PROVIDER}


def in_care(statement: Select[Any], column: Any, actor: Actor) -> Select[Any]:
    """A hub: itself and the organisations in its care; a CSO or provider: itself; others: no further limit."""
    if actor.role not in {roles.HUB, *BOUND}:
        return statement
    if actor.organisation_id is None:
        return statement.where(false())
    if actor.role == roles.HUB:
        mine = or_(Organisation.hub_id == actor.organisation_id, Organisation.id == actor.organisation_id)
        return statement.where(column.in_(select(Organisation.id).where(mine)))
    return statement.where(column == actor.organisation_id)


def visible(model: Any, column: Any, actor: Actor) -> Select[Any]:
    """Every row of ``model`` the actor may see; ``column`` holds the organisation."""
    return in_care(db.scoped(select(model), model, actor), column, actor)


def find(session: Session, model: type[Row], row_id: str, actor: Actor, code: Code, *, column: Any) -> Row:
    """One row to read; raises :class:`NotFoundError` with ``code``."""
    found: Row | None = session.scalars(
        visible(model, column, actor).where(model.id == row_id)  # type: ignore[attr-defined]
    ).one_or_none()
    if found is None:
        raise NotFoundError(code)
    return found


def take(
    session: Session,
    model: type[Row],
    row_id: str,
    actor: Actor,
    code: Code,
    *,
    column: Any,
    expected: int | None = None,
) -> Row:
    """One row to write: locked, inside the actor's streets, and the version the caller read."""
    statement = visible(model, column, actor).where(model.id == row_id)  # type: ignore[attr-defined]
    found: Any = session.scalars(statement.with_for_update(of=model)).one_or_none()
    if found is None:
        raise NotFoundError(code)
    db.check_street(actor, found.street_code)
    db.check_version(found, expected)
    row: Row = found
    return row


def hold(session: Session, name: str) -> None:
    """Wait for, and keep until commit, a lock of that name: for rules over several rows (capacity, uniqueness)."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def columns(row: Any) -> dict[str, Any]:
    """The row's columns by name, for a view schema to choose from."""
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}
