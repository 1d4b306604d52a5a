"""Writes of centres: founding, changes, states."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts.registry.centres import OpeningHours
from contracts.registry.codes_base import BaseCode
from contracts.registry.events_base import CentreAdvanced, CentreChanged, CentreFounded, CentrePilotNamed
from services.registry import scope
from services.registry.centres import domain, queries
from services.registry.centres.models import Centre
from services.registry.places import queries as places

_HOURS = OpeningHours()


def streets(row: Centre) -> list[str]:
    """The streets whose people may see the centre's events."""
    return [row.street_code] if row.street_code else []


def found_centre(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    hours: dict[str, Any],
    services: list[dict[str, Any]],
    street_code: str | None = None,
    community_code: str | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """preparing; one park per district, one centre per street."""
    domain.check_place(kind, street_code)
    db.check_street(actor, street_code)
    _check(session, actor, kind, street_code, community_code)
    domain.check_hours(hours)
    domain.check_services(services)
    row = Centre(
        district_code=actor.district_code,
        street_code=street_code,
        community_code=community_code,
        kind=kind,
        hours=_HOURS.dump(hours),
        services=services,
        status="preparing",
        created_at=now,
        **facts,
    )
    session.add(row)
    session.flush()
    outbox.record(session, _founded(row))
    return queries.render(session, row, clock.day_of(now))


def _founded(row: Centre) -> CentreFounded:
    return CentreFounded(
        centre_id=row.id,
        kind=row.kind,
        level=row.level,
        founded_on=row.founded_on.isoformat(),
        street_codes=streets(row),
    )


def _check(session: Session, actor: Actor, kind: str, street_code: str | None, community_code: str | None) -> None:
    if street_code is not None:
        places.check_streets(session, actor.district_code, [street_code])
    places.check_community(session, actor.district_code, community_code, street_code)
    scope.hold(session, f"centre:{actor.district_code}")
    others = select(Centre.id).where(
        Centre.district_code == actor.district_code,
        Centre.kind == kind,
        Centre.street_code.is_not_distinct_from(street_code),
        Centre.status != "closed",
    )
    if session.scalars(others).first() is not None:
        raise ConflictError(BaseCode.CENTRE_EXISTS)


def change_centre(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    centre_id: str,
    expected_version: int | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Only the fields named; a closed centre is history."""
    row = queries.take_centre(session, actor, centre_id, expected_version)
    if row.status == "closed":
        raise ConflictError(BaseCode.CENTRE_STATE, status=row.status, action="change")
    if "hours" in changes:
        domain.check_hours(changes["hours"])
        changes["hours"] = _HOURS.dump(changes["hours"])
    domain.check_services(changes.get("services", ()))
    for name, value in changes.items():
        setattr(row, name, value)
    session.flush()
    outbox.record(session, CentreChanged(centre_id=row.id, changed=sorted(changes), street_codes=streets(row)))
    return queries.render(session, row, clock.day_of(now))


def advance_centre(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    centre_id: str,
    action: str,
    reason: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """open, suspend, resume, close; bookings that stand are the keepers' to cancel."""
    row = queries.take_centre(session, actor, centre_id, expected_version)
    row.status, row.status_reason = domain.next_status(row.status, action), reason
    session.flush()
    outbox.record(
        session, CentreAdvanced(centre_id=row.id, action=action, status=row.status, street_codes=streets(row))
    )
    return queries.render(session, row, clock.day_of(now))


def name_pilot_centre(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    centre_id: str,
    pilot_since: date,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Once; a street's centre only."""
    row = queries.take_centre(session, actor, centre_id, expected_version)
    if row.kind != "street":
        raise InvalidError(BaseCode.CENTRE_PLACE_INVALID, kind=row.kind)
    if row.pilot_since is not None:
        raise ConflictError(BaseCode.CENTRE_PILOT_NAMED, pilot_since=row.pilot_since.isoformat())
    row.pilot_since = pilot_since
    session.flush()
    record = CentrePilotNamed(centre_id=row.id, pilot_since=pilot_since.isoformat(), street_codes=streets(row))
    outbox.record(session, record)
    return queries.render(session, row, clock.day_of(now))
