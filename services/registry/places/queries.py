"""Reads of places."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import InvalidError, NotFoundError
from contracts.registry.codes import RegistryCode
from contracts.registry.places import PlaceView
from services.registry.places.models import Place

_VIEW = PlaceView()


def list_places(
    session: Session,
    *,
    actor: Actor,
    level: str | None = None,
    parent_code: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> dict[str, Any]:
    """Ordered by code, so a street comes before its communities."""
    statement = db.scoped(select(Place), Place, actor)
    if level is not None:
        statement = statement.where(Place.level == level)
    if parent_code is not None:
        statement = statement.where(Place.parent_code == parent_code)
    if cursor is not None:
        statement = statement.where(Place.code > _open(cursor))
    rows = list(session.scalars(statement.order_by(Place.code).limit(limit + 1)))
    last = rows[limit - 1].code if len(rows) > limit else None
    return {"items": [_VIEW.dump(row) for row in rows[:limit]], "next_cursor": _close(last) if last else None}


def get_place(session: Session, *, actor: Actor, code: str) -> dict[str, Any]:
    """One place by its code."""
    row = session.scalars(db.scoped(select(Place), Place, actor).where(Place.code == code)).one_or_none()
    if row is None:
        raise NotFoundError(RegistryCode.PLACE_NOT_FOUND, place=code)
    shown: dict[str, Any] = _VIEW.dump(row)
    return shown


_STREETS = select(Place.code).where(
    Place.district_code == bindparam("district_code"),
    Place.level == "street",
    Place.code.in_(bindparam("codes", expanding=True)),
)


def check_streets(session: Session, district_code: str, street_codes: list[str]) -> None:
    """Every one of them is a street of the district."""
    asked = {"district_code": district_code, "codes": street_codes}
    known = set(session.connection().execute(_STREETS, asked).scalars())
    for code in street_codes:
        if code not in known:
            raise InvalidError(RegistryCode.PLACE_NOT_FOUND, place=code)


def check_community(session: Session, district_code: str, community_code: str | None, street_code: str | None) -> None:
    """The community exists and is part of the street. Nothing to check without a community."""
    if community_code is None:
        return
    row = session.scalars(
        select(Place).where(Place.district_code == district_code, Place.code == community_code)
    ).one_or_none()
    if row is None or row.level != "community":
        raise InvalidError(RegistryCode.PLACE_NOT_FOUND, place=community_code)
    if row.street_code != street_code:
        raise InvalidError(RegistryCode.PLACE_MISMATCH, community_code=community_code, street_code=street_code)


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
