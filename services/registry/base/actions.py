"""Writes of rooms and desks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes_base import BaseCode
from contracts.registry.events_base import SpaceAdded, SpaceChanged
from services.registry.base import domain, queries
from services.registry.base.models import Space
from services.registry.centres.queries import take_centre


def add_space(
    session: Session, *, actor: Actor, now: datetime, centre_id: str, name: str, **facts: Any
) -> dict[str, Any]:
    """Of a centre that is not closed; a name once per centre."""
    centre = take_centre(session, actor, centre_id)
    if centre.status == "closed":
        raise ConflictError(BaseCode.CENTRE_STATE, status=centre.status, action="add_space")
    _refuse_namesake(session, centre.id, name)
    row = Space(
        district_code=centre.district_code,
        street_code=centre.street_code,
        centre_id=centre.id,
        name=name,
        status="open",
        created_at=now,
        **facts,
    )
    session.add(row)
    session.flush()
    record = SpaceAdded(
        space_id=row.id, centre_id=centre.id, kind=row.kind, capacity=row.capacity, street_codes=_streets(row)
    )
    outbox.record(session, record)
    return queries.render_space(session, row)


def change_space(
    session: Session, *, actor: Actor, space_id: str, expected_version: int | None = None, **changes: Any
) -> dict[str, Any]:
    """Only the fields named; bookings that stand keep standing."""
    row = queries.find_space(session, actor, space_id)
    take_centre(session, actor, row.centre_id)
    row = queries.find_space(session, actor, space_id, lock=True)
    db.check_version(row, expected_version)
    if "status" in changes:
        changes["status"] = domain.next_space_status(row.status, changes["status"])
    if changes.get("name", row.name) != row.name:
        _refuse_namesake(session, row.centre_id, changes["name"])
    for name, value in changes.items():
        setattr(row, name, value)
    session.flush()
    record = SpaceChanged(space_id=row.id, centre_id=row.centre_id, changed=sorted(changes), street_codes=_streets(row))
    outbox.record(session, record)
    return queries.render_space(session, row)


def _refuse_namesake(session: Session, centre_id: str, name: str) -> None:
    """The centre's row is locked: nobody adds one meanwhile."""
    if session.scalars(select(Space.id).filter_by(centre_id=centre_id, name=name)).first() is not None:
        raise ConflictError(BaseCode.SPACE_NAME_TAKEN, name=name)


def _streets(row: Space) -> list[str]:
    return [row.street_code] if row.street_code else []
