"""Findings of a visit: recorded, rectified, rechecked, overdue."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, outbox, timers
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.registry.codes_growth import GrowthCode
from contracts.registry.events_care import FindingOverdue, FindingRechecked, FindingRecorded, FindingRectified
from services.registry.deadlines import actions as deadlines
from services.registry.visits import domain, queries
from services.registry.visits.models import Finding, Visit


def streets(row: Visit | Finding) -> list[str]:
    """The streets whose people may see the events."""
    return [row.street_code] if row.street_code else []


def add(session: Session, visit: Visit, *, now: datetime, severity: str, text: str, due_on: date) -> None:
    """A finding with its deadline's timer."""
    domain.check_deadline(due_on, clock.day_of(now))
    visit.status = domain.next_status(visit.status, "record_finding")
    visit.touched_at = now
    row = Finding(
        district_code=visit.district_code,
        street_code=visit.street_code,
        visit_id=visit.id,
        organisation_id=visit.organisation_id,
        severity=severity,
        text=text,
        due_on=due_on,
        overdue=False,
        status="open",
        failed_rechecks=0,
        evidence=[],
    )
    session.add(row)
    session.flush()
    _watch(session, row, now)
    outbox.record(
        session,
        FindingRecorded(
            visit_id=visit.id,
            finding_id=row.id,
            organisation_id=row.organisation_id,
            severity=severity,
            due_on=due_on.isoformat(),
            street_codes=streets(visit),
        ),
    )


def rectify(
    session: Session,
    visit: Visit,
    *,
    actor: Actor,
    now: datetime,
    finding_id: str,
    note: str,
    evidence: list[dict[str, Any]],
) -> None:
    """The organisation says it is put right."""
    row = _finding(session, visit, finding_id)
    row.status = domain.next_finding_status(row.status, "rectify")
    row.rectification, row.evidence, row.overdue = note, evidence, False
    row.rectified_by = actor.account_id
    deadlines.meet(session, row.id, "finding", now=now)
    if row.timer_id:
        timers.cancel(session, row.timer_id)
    left = any(finding.status == "open" for finding in queries.findings(session, visit.id))
    visit.status = domain.next_status(visit.status, "rectify" if left else "rectify_all")
    visit.touched_at = now
    outbox.record(
        session,
        FindingRectified(
            visit_id=visit.id,
            finding_id=row.id,
            organisation_id=row.organisation_id,
            evidence=evidence,
            street_codes=streets(visit),
        ),
    )


def recheck(
    session: Session,
    visit: Visit,
    *,
    actor: Actor,
    now: datetime,
    finding_id: str,
    passed: bool,
    note: str,
    due_on: date | None = None,
) -> None:
    """Closed, or open again with a new deadline and one more failure."""
    row = _finding(session, visit, finding_id)
    row.status = domain.next_finding_status(row.status, "pass" if passed else "fail")
    domain.check_rechecker(
        account=actor.account_id,
        organisation=actor.organisation_id,
        rectified_by=row.rectified_by,
        organisation_id=row.organisation_id,
    )
    row.recheck_note = note
    visit.status = domain.next_status(visit.status, "recheck" if passed else "fail_recheck")
    visit.touched_at = now
    if not passed:
        today = clock.day_of(now)
        row.failed_rechecks += 1
        row.due_on = due_on or max(row.due_on, today)
        domain.check_deadline(row.due_on, today)
        _watch(session, row, now)
    outbox.record(
        session,
        FindingRechecked(
            visit_id=visit.id,
            finding_id=row.id,
            organisation_id=row.organisation_id,
            passed=passed,
            failed_rechecks=row.failed_rechecks,
            street_codes=streets(visit),
        ),
    )


def mark_overdue(session: Session, *, finding_id: str, due_on: str) -> None:
    """The deadline passed; a finding that has a newer deadline or is rectified is left alone."""
    row = session.scalars(select(Finding).filter_by(id=finding_id).with_for_update()).one()
    if row.status != "open" or row.due_on.isoformat() != due_on or row.overdue:
        return
    row.overdue = True
    outbox.record(
        session,
        FindingOverdue(
            visit_id=row.visit_id,
            finding_id=row.id,
            organisation_id=row.organisation_id,
            street_codes=streets(row),
        ),
    )


def _watch(session: Session, row: Finding, now: datetime) -> None:
    deadlines.start(session, "finding", row, now=now, due_on=row.due_on)
    row.timer_id = timers.schedule(
        session,
        "mark_finding_overdue",
        due_at=clock.end_of(row.due_on),
        district_code=row.district_code,
        finding_id=row.id,
        due_on=row.due_on.isoformat(),
    )


def _finding(session: Session, visit: Visit, finding_id: str) -> Finding:
    row = session.get(Finding, finding_id)
    if row is None or row.visit_id != visit.id:
        raise NotFoundError(GrowthCode.FINDING_NOT_FOUND)
    return row
