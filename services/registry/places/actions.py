"""Writes of places."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from chassis.runtime.offload import offload
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_places import PlaceCode
from contracts.registry.events_places import (
    GridCellRedrawn,
    PlaceOpened,
    PlaceReinstated,
    PlaceRetired,
    PlacesImported,
)
from services.registry.places import domain, domain_centre, domain_rings, lists, queries
from services.registry.places.models import Place
from services.registry.policies.queries import number


def import_places(session: Session, *, district_code: str) -> dict[str, Any]:
    """The district's places from its list; idempotent: names follow the list, days and successors stay ours."""
    found = lists.of_district(district_code)
    count = select(func.count()).select_from(Place).where(Place.district_code == district_code)
    before = session.scalar(count) or 0
    statement = insert(Place).values(found.rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["district_code", "code"], set_={"name": statement.excluded.name}
        )
    )
    return {
        "code": district_code,
        "source": found.source,
        "streets": found.count("street"),
        "communities": found.count("community"),
        "added": (session.scalar(count) or 0) - before,
    }


def take_list(session: Session, *, actor: Actor) -> dict[str, Any]:
    """The administrator's import, of the own district."""
    db.check_street(actor, None)
    made = import_places(session, district_code=actor.district_code)
    told = {name: made[name] for name in ("source", "streets", "communities", "added")}
    outbox.record(session, PlacesImported(place_code=made["code"], **told))
    return made


def open_place(
    session: Session, *, actor: Actor, today: date, code: str, level: str, name: str, valid_from: date | None = None
) -> dict[str, Any]:
    """A new street of the district, or a new community of a street."""
    parent_code = code[: -domain.PARENTS[level][1]]
    return _open(session, actor, code, level, parent_code, name=name, valid_from=valid_from or today)


def draw_grid_cell(
    session: Session,
    *,
    actor: Actor,
    today: date,
    community_code: str,
    code: str,
    name: str,
    polygon: dict[str, Any] | None = None,
    valid_from: date | None = None,
) -> dict[str, Any]:
    """A cell of a community, with or without a boundary."""
    shape = _shape(session, actor, polygon)
    facts = {"name": name, "polygon": shape, "valid_from": valid_from or today}
    return _open(session, actor, code, "grid_cell", community_code, **facts)


def redraw_grid_cell(session: Session, *, actor: Actor, code: str, **changes: Any) -> dict[str, Any]:
    """Another name or boundary; of a cell in use only."""
    row = _take(session, actor, code)
    if row.level != "grid_cell":
        raise NotFoundError(RegistryCode.PLACE_NOT_FOUND, place=code)
    domain.next_status(queries.status_of(row), "redraw")
    if "polygon" in changes:
        row.polygon = _shape(session, actor, changes["polygon"])
    row.name = changes.get("name", row.name)
    session.flush()
    told: dict[str, Any] = {"community_code": row.parent_code or "", "points": domain.points(row.polygon)}
    told |= {"name": row.name, **domain_centre.told(row.polygon)}
    outbox.record(session, GridCellRedrawn(place_code=row.code, street_codes=_streets(row), **told))
    return _shown(session, row)


def retire_place(
    session: Session,
    *,
    actor: Actor,
    today: date,
    code: str,
    valid_until: date,
    reason: str,
    successor_code: str | None = None,
) -> dict[str, Any]:
    """The code is not written any more after that day; with a successor, scopes lead from one to the other at once."""
    row = _take(session, actor, code)
    domain.next_status(queries.status_of(row), "retire")
    domain.check_dates(row.valid_from, valid_until)
    if successor_code is not None:
        known = queries.known_places(session, row.district_code, [successor_code]).get(successor_code)
        successors = queries.successors_of(session, row.district_code)
        domain.check_successor(code, row.level, known, successors, today)
    row.valid_until, row.successor_code, row.reason = valid_until, successor_code, reason
    session.flush()
    told: dict[str, Any] = {
        "level": row.level,
        "valid_until": valid_until.isoformat(),
        "successor_code": successor_code,
    }
    outbox.record(session, PlaceRetired(place_code=row.code, street_codes=_streets(row), **told))
    return _shown(session, row)


def reinstate_place(session: Session, *, actor: Actor, code: str, reason: str) -> dict[str, Any]:
    """As if it had never been retired."""
    row = _take(session, actor, code)
    domain.next_status(queries.status_of(row), "reinstate")
    row.valid_until, row.successor_code, row.reason = None, None, reason
    session.flush()
    outbox.record(session, PlaceReinstated(place_code=row.code, street_codes=_streets(row), level=row.level))
    return _shown(session, row)


def _open(session: Session, actor: Actor, code: str, level: str, parent_code: str, **facts: Any) -> dict[str, Any]:
    parent = queries.find_place(session, actor, parent_code)
    domain.check_parent(code, level, parent_code, parent.level)
    street = code if level == "street" else parent.street_code
    db.check_street(actor, None if level == "street" else street)
    if level != "street":
        domain.next_status(queries.status_of(parent), "subdivide")
    values = {"district_code": actor.district_code, "code": code, "level": level, "parent_code": parent_code}
    row = Place(**values, street_code=street, **facts)
    if session.scalars(_same(row)).first() is not None:
        raise ConflictError(PlaceCode.EXISTS, code=code)
    session.add(row)
    session.flush()
    told: dict[str, Any] = {"level": level, "parent_code": parent_code, "valid_from": row.valid_from.isoformat()}
    if level == "grid_cell":
        told |= {"name": row.name, **domain_centre.told(row.polygon)}
    outbox.record(session, PlaceOpened(place_code=code, street_code=street, street_codes=_streets(row), **told))
    return _shown(session, row)


def _same(row: Place) -> Any:
    return select(Place.id).where(Place.district_code == row.district_code, Place.code == row.code)


def _take(session: Session, actor: Actor, code: str) -> Place:
    row = queries.find_place(session, actor, code, lock=True)
    db.check_street(actor, row.street_code)
    return row


def _shape(session: Session, actor: Actor, polygon: dict[str, Any] | None) -> dict[str, Any] | None:
    if polygon is None:
        return None
    shape = domain.polygon(polygon, most=number(session, actor.district_code, "grid_cell_points"))
    offload(domain_rings.check_rings, shape)
    return shape


def _streets(row: Place) -> list[str]:
    return [row.street_code] if row.street_code else []


def _shown(session: Session, row: Place) -> dict[str, Any]:
    return queries.render(row, queries.successors_of(session, row.district_code))
