"""Writes of supervision visits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.registry.codes_growth import GrowthCode
from contracts.registry.events_care import VisitCancelled, VisitClosed, VisitHeld, VisitPlanned
from services.registry import scope
from services.registry.active import find_active
from services.registry.cases.models import IncubationCase
from services.registry.deadlines import actions as deadlines
from services.registry.visits import domain, findings, queries
from services.registry.visits.models import Visit


def plan_visit(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str,
    planned_on: date,
    topic: str,
    case_id: str | None = None,
) -> dict[str, Any]:
    """To an organisation in the actor's street or care."""
    organisation = find_active(session, actor, organisation_id)
    domain.check_deadline(planned_on, clock.day_of(now))
    _check_case(session, organisation.id, case_id)
    row = Visit(
        district_code=organisation.district_code,
        street_code=organisation.street_code,
        organisation_id=organisation.id,
        case_id=case_id,
        topic=topic,
        planned_on=planned_on,
        summary="",
        attendance=0,
        evidence=[],
        account_id=actor.account_id,
        status="planned",
        created_at=now,
        touched_at=now,
    )
    session.add(row)
    session.flush()
    deadlines.start(session, "visit", row, now=now, due_on=planned_on)
    outbox.record(session, _planned(row))
    return queries.render(session, row)


def hold_visit(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    visit_id: str,
    summary: str,
    attendance: int,
    evidence: list[dict[str, Any]],
    held_on: date | None = None,
    expected_version: int | None = None,
    **found: list[dict[str, Any]],
) -> dict[str, Any]:
    """planned → held, and on to findings where there are any."""
    row = take_visit(session, actor, visit_id, expected_version)
    row.status = domain.next_status(row.status, "hold")
    today = clock.day_of(now)
    row.held_on = held_on or today
    domain.check_dates(row.held_on, today)
    row.summary, row.attendance, row.evidence = summary, attendance, evidence
    row.account_id, row.touched_at = actor.account_id, now
    deadlines.meet(session, row.id, "visit", now=now)
    outbox.record(
        session,
        VisitHeld(
            visit_id=row.id,
            organisation_id=row.organisation_id,
            held_on=row.held_on.isoformat(),
            findings=len(found["findings"]),
            evidence=evidence,
            street_codes=findings.streets(row),
        ),
    )
    for finding in found["findings"]:
        findings.add(session, row, now=now, **finding)
    return queries.render(session, row)


def close_visit(
    session: Session, *, actor: Actor, now: datetime, visit_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Every finding is closed; then the visit is."""
    row = take_visit(session, actor, visit_id, expected_version)
    if row.status in {"findings", "rectification"}:
        domain.check_settled(finding.status for finding in queries.findings(session, row.id))
    row.status = domain.next_status(row.status, "close")
    row.closed_at = row.touched_at = now
    record = VisitClosed(visit_id=row.id, organisation_id=row.organisation_id, street_codes=findings.streets(row))
    outbox.record(session, record)
    return queries.render(session, row)


def cancel_visit(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    visit_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Only a planned one."""
    row = take_visit(session, actor, visit_id, expected_version)
    row.status = domain.next_status(row.status, "cancel")
    row.summary, row.touched_at = reason, now
    deadlines.drop(session, row.id, "visit", now=now)
    record = VisitCancelled(visit_id=row.id, organisation_id=row.organisation_id, street_codes=findings.streets(row))
    outbox.record(session, record)
    return queries.render(session, row)


def _planned(row: Visit) -> VisitPlanned:
    return VisitPlanned(
        visit_id=row.id,
        organisation_id=row.organisation_id,
        case_id=row.case_id,
        planned_on=row.planned_on.isoformat(),
        street_codes=findings.streets(row),
    )


def _check_case(session: Session, organisation_id: str, case_id: str | None) -> None:
    case = session.get(IncubationCase, case_id) if case_id else None
    if case_id and (case is None or case.organisation_id != organisation_id):
        raise InvalidError(GrowthCode.CASE_NOT_FOUND)


def take_visit(session: Session, actor: Actor, visit_id: str, expected: int | None = None) -> Visit:
    """One visit to write."""
    code = GrowthCode.VISIT_NOT_FOUND
    return scope.take(session, Visit, visit_id, actor, code, column=Visit.organisation_id, expected=expected)
