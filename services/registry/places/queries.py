"""Reads of places."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import InvalidError, NotFoundError
from contracts.registry.codes import RegistryCode
from contracts.registry.places import PlaceView
from services.registry.places import domain
from services.registry.places.domain import Known
from services.registry.places.models import Place

_VIEW = PlaceView()


def render(row: Place, successors: Mapping[str, str]) -> dict[str, Any]:
    """A place; where its code is no longer used, also the one that is."""
    after = domain.chain(row.code, successors)
    facts = {
        "status": status_of(row),
        "current_code": after[-1] if after else row.code,
        **{name: getattr(row, name) for name in _VIEW.fields if name not in ("status", "current_code")},
    }
    shown: dict[str, Any] = _VIEW.dump(facts)
    return shown


def status_of(row: Place) -> str:
    """``retired`` as soon as a last day is set, also one that is still ahead."""
    return "current" if row.valid_until is None else "retired"


def list_places(
    session: Session,
    *,
    actor: Actor,
    level: str | None = None,
    parent_code: str | None = None,
    valid_on: date | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """Ordered by code, so a street comes before its communities."""
    statement = db.scoped(select(Place), Place, actor)
    if level is not None:
        statement = statement.where(Place.level == level)
    if parent_code is not None:
        statement = statement.where(Place.parent_code == parent_code)
    if valid_on is not None:
        until = or_(Place.valid_until.is_(None), Place.valid_until >= valid_on)
        statement = statement.where(Place.valid_from <= valid_on, until)
    rows, after = page_by_code(session, statement, cursor=cursor, limit=limit)
    successors = successors_of(session, actor.district_code)
    return {"items": [render(row, successors) for row in rows], "next_cursor": after}


def page_by_code(session: Session, statement: Any, *, cursor: str | None, limit: int) -> tuple[list[Place], str | None]:
    """Rows of a page, and the cursor of the next."""
    if cursor is not None:
        statement = statement.where(Place.code > _open(cursor))
    rows = list(session.scalars(statement.order_by(Place.code).limit(limit + 1)))
    return rows[:limit], _close(rows[limit - 1].code) if len(rows) > limit else None


def get_place(session: Session, *, actor: Actor, code: str) -> dict[str, Any]:
    """One place by its code, old or new."""
    return render(find_place(session, actor, code), successors_of(session, actor.district_code))


def find_place(session: Session, actor: Actor, code: str, *, lock: bool = False) -> Place:
    """A place the actor may see."""
    statement = db.scoped(select(Place), Place, actor).where(Place.code == code)
    row: Place | None = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFoundError(RegistryCode.PLACE_NOT_FOUND, place=code)
    return row


def export_grid_cells(
    session: Session, *, actor: Actor, code: str, cursor: str | None = None, limit: int = 200
) -> dict[str, Any]:
    """GeoJSON (RFC 7946) of a community's cells, those in use and those that were."""
    community = find_place(session, actor, code)
    statement = db.scoped(select(Place), Place, actor).where(
        Place.parent_code == community.code, Place.level == "grid_cell"
    )
    rows, after = page_by_code(session, statement, cursor=cursor, limit=limit)
    successors = successors_of(session, actor.district_code)
    features = [
        {"type": "Feature", "id": row.code, "geometry": row.polygon, "properties": render(row, successors)}
        for row in rows
    ]
    return {"type": "FeatureCollection", "features": features, "next_cursor": after}


_SUCCESSORS = select(Place.code, Place.successor_code).where(
    Place.district_code == bindparam("district_code"), Place.successor_code.is_not(None)
)
_STREET_SUCCESSORS = _SUCCESSORS.where(Place.level == "street")
_KNOWN = select(Place.code, Place.level, Place.street_code, Place.valid_until, Place.successor_code).where(
    Place.district_code == bindparam("district_code")
)
_SOME = _KNOWN.where(Place.code.in_(bindparam("codes", expanding=True)))


def successors_of(session: Session, district_code: str) -> dict[str, str]:
    """Old code → the code it became, of every level; few rows, by an index of their own."""
    found = session.connection().execute(_SUCCESSORS, {"district_code": district_code})
    return {old: new for old, new in found if new is not None}


def widen(session: Session, actor: Actor) -> Actor:
    """An account of an old street code acts for what the street became, and one of the new code for what it was."""
    if not actor.street_codes:
        return actor
    found = session.connection().execute(_STREET_SUCCESSORS, {"district_code": actor.district_code})
    successors = {old: new for old, new in found if new is not None}
    if not successors:
        return actor
    return replace(actor, street_codes=domain.kin(actor.street_codes, successors))


def known_places(session: Session, district_code: str, codes: list[str] | None = None) -> dict[str, Known]:
    """What checks need, by code: of these codes, or of the whole district for checks by the thousand."""
    statement, asked = (_KNOWN, {}) if codes is None else (_SOME, {"codes": codes})
    rows = session.connection().execute(statement, {"district_code": district_code, **asked})
    return {row.code: Known(*row) for row in rows}


def check_streets(session: Session, district_code: str, street_codes: list[str]) -> None:
    """Every one of them is a street of the district, in use."""
    known, today = known_places(session, district_code, street_codes), clock.today(session, district_code)
    for code in street_codes:
        domain.check_street(code, known.get(code), today)


def check_community(session: Session, district_code: str, community_code: str | None, street_code: str | None) -> None:
    """The community exists, is in use and part of the street. Nothing to check without a community."""
    if community_code is None:
        return
    known = known_places(session, district_code, [community_code])
    domain.check_community(community_code, known.get(community_code), street_code, clock.today(session, district_code))


def _close(code: str) -> str:
    return base64.urlsafe_b64encode(code.encode()).decode().rstrip("=")


def _open(cursor: str) -> str:
    try:
        code = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise InvalidError(ChassisCode.CURSOR_INVALID) from error
    if not code.isdigit():
        raise InvalidError(ChassisCode.CURSOR_INVALID)
    return code
