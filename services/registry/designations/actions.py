"""Writes of designations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes_assess import PartyCode
from contracts.registry.events_party import DesignationEnded, DesignationGranted, DesignationProposed
from services.registry import scope
from services.registry.active import find_active
from services.registry.designations import domain, queries
from services.registry.designations.models import Designation
from services.registry.party.models import PartyOrganisation
from services.registry.told import streets


def propose_designation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str,
    kind: str,
    valid_from: date,
    valid_until: date | None = None,
    **told: Any,
) -> dict[str, Any]:
    """One of a kind per organisation at a time."""
    organisation = find_active(session, actor, organisation_id)
    domain.check_period(valid_from, valid_until, clock.day_of(now))
    _refuse_open(session, organisation.id, kind)
    row = Designation(
        district_code=organisation.district_code,
        street_code=organisation.street_code,
        organisation_id=organisation.id,
        party_organisation_id=_party(session, organisation.id, kind),
        kind=kind,
        valid_from=valid_from,
        valid_until=valid_until,
        status="proposed",
        proposed_by=actor.account_id,
        created_at=now,
        **told,
    )
    session.add(row)
    session.flush()
    record = DesignationProposed(
        designation_id=row.id, organisation_id=organisation.id, kind=kind, street_codes=streets(row)
    )
    outbox.record(session, record)
    return queries.render(session, row)


def _refuse_open(session: Session, organisation_id: str, kind: str) -> None:
    scope.hold(session, f"designation:{organisation_id}:{kind}")
    open_ = select(Designation.id).where(
        Designation.organisation_id == organisation_id,
        Designation.kind == kind,
        Designation.status.in_(("proposed", "granted")),
    )
    if session.scalars(open_).first() is not None:
        raise ConflictError(PartyCode.DESIGNATION_EXISTS)


def _party(session: Session, organisation_id: str, kind: str) -> str | None:
    statement = select(PartyOrganisation.id).filter_by(organisation_id=organisation_id, status="active")
    found = session.scalars(statement).first()
    if found is None and kind in domain.NEEDS_PARTY:
        raise ConflictError(PartyCode.DESIGNATION_PARTY_MISSING)
    return found if kind in domain.NEEDS_PARTY else None


def grant_designation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    designation_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """By another person than the proposer; its end is a timer."""
    row = _take(session, actor, designation_id, expected_version)
    row.status = domain.next_status(row.status, "grant")
    domain.check_second(row.proposed_by, actor.account_id)
    domain.check_period(row.valid_from, row.valid_until, clock.day_of(now))
    row.decided_by, row.decision_reason, row.decided_at = actor.account_id, reason, now
    if row.valid_until is not None:
        row.timer_id = timers.schedule(
            session,
            "expire_designation",
            due_at=clock.end_of(row.valid_until),
            district_code=row.district_code,
            designation_id=row.id,
        )
    session.flush()
    outbox.record(
        session,
        DesignationGranted(
            designation_id=row.id,
            organisation_id=row.organisation_id,
            kind=row.kind,
            valid_from=row.valid_from.isoformat(),
            valid_until=row.valid_until.isoformat() if row.valid_until else None,
            street_codes=streets(row),
        ),
    )
    return queries.render(session, row)


def end_designation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    designation_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """refuse, withdraw or revoke, with the reason."""
    row = _take(session, actor, designation_id, expected_version)
    status = domain.next_status(row.status, action)
    if action == "refuse":
        domain.check_second(row.proposed_by, actor.account_id)
    if row.timer_id:
        timers.cancel(session, row.timer_id)
    row.decided_by, row.decision_reason, row.decided_at = actor.account_id, reason, now
    _end(session, row, status, clock.day_of(now))
    return queries.render(session, row)


def expire_designation(session: Session, *, now: datetime, designation_id: str) -> None:
    """Its period is over; one that was revoked before is left alone."""
    row = session.scalars(select(Designation).filter_by(id=designation_id).with_for_update()).one()
    if row.status == "granted":
        _end(session, row, domain.next_status(row.status, "expire"), clock.day_of(now))


def _end(session: Session, row: Designation, status: str, day: date) -> None:
    row.status, row.ended_on = status, day
    session.flush()
    record = DesignationEnded(
        designation_id=row.id,
        organisation_id=row.organisation_id,
        kind=row.kind,
        status=status,
        street_codes=streets(row),
    )
    outbox.record(session, record)


def _take(session: Session, actor: Actor, designation_id: str, expected: int | None) -> Designation:
    code, column = PartyCode.DESIGNATION_NOT_FOUND, Designation.organisation_id
    return scope.take(session, Designation, designation_id, actor, code, column=column, expected=expected)
