"""Whose row, for an organisation-bound actor: on top of the street scope of chassis.db."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, false, func, inspect, or_, select
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
    return statement.where(*_care(column, _kind(actor), actor.organisation_id))


def _kind(actor: Actor) -> str:
    """How the actor's organisation limits what it sees."""
    if actor.role not in {roles.HUB, *BOUND}:
        return "all"
    return "none" if actor.organisation_id is None else "hub" if actor.role == roles.HUB else "own"


def _care(column: Any, kind: str, organisation_id: Any) -> list[ColumnElement[bool]]:
    if kind == "all":
        return []
    if kind == "none":
        return [false()]
    if kind == "hub":
        mine = or_(Organisation.hub_id == organisation_id, Organisation.id == organisation_id)
        return [column.in_(select(Organisation.id).where(mine))]
    return [column == organisation_id]


def visible(model: Any, column: Any, actor: Actor) -> Select[Any]:
    """Every row of ``model`` the actor may see; ``column`` holds the organisation."""
    return in_care(db.scoped(select(model), model, actor), column, actor)


def conditions(model: Any, column: Any, actor: Actor) -> list[ColumnElement[bool]]:
    """:func:`visible` as conditions, for a statement that selects columns."""
    streets = actor.street_codes or None
    found = db.scope_conditions(model, district=actor.district_code, streets=streets)
    return [*found, *_care(column, _kind(actor), actor.organisation_id)]


class Sight(NamedTuple):
    """Whose eyes: all that a statement's text depends on; who exactly is in its parameters."""

    narrow: bool
    care: str

    def of(self, statement: Select[Any], model: Any, column: Any) -> Select[Any]:
        """:func:`visible` for a statement that is built once and run with :func:`eyes`' parameters."""
        streets: Any = bindparam("scope_streets", expanding=True) if self.narrow else None
        conditions = db.scope_conditions(model, district=bindparam("scope_district"), streets=streets)
        organisation = bindparam("scope_organisation", type_=Organisation.id.type)
        return statement.where(*conditions, *_care(column, self.care, organisation))


def eyes(actor: Actor) -> tuple[Sight, dict[str, Any]]:
    """The actor's :class:`Sight`, and the parameters that fill it in."""
    sight = Sight(bool(actor.street_codes), _kind(actor))
    parameters: dict[str, Any] = {"scope_district": actor.district_code}
    if sight.narrow:
        parameters["scope_streets"] = actor.street_codes
    if sight.care in ("hub", "own"):
        parameters["scope_organisation"] = actor.organisation_id
    return sight, parameters


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


_HOLD = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))
_TRY = select(func.pg_try_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))


def hold(session: Session, name: str) -> None:
    """Wait for, and keep until commit, a lock of that name: for rules over several rows (capacity, uniqueness)."""
    session.connection().execute(_HOLD, {"name": name})


def try_hold(session: Session, name: str) -> bool:
    """:func:`hold` if nobody has it; ``False`` at once if somebody does."""
    return bool(session.connection().execute(_TRY, {"name": name}).scalar())


HOLD_PART = select(
    func.pg_advisory_xact_lock_shared(func.hashtextextended(bindparam("whole"), 0)),
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)),
)


def hold_part(session: Session, whole: str, name: str) -> None:
    """:func:`hold` for one of many: whoever holds ``whole`` waits for it, and it for them."""
    session.connection().execute(HOLD_PART, {"whole": whole, "name": name})


def columns(row: Any) -> dict[str, Any]:
    """The row's columns by name, for a view schema to choose from."""
    return {attribute.key: getattr(row, attribute.key) for attribute in inspect(type(row)).column_attrs}
