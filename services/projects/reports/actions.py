"""Writing periodic reports: handing in, returning, accepting, extending, and what their clocks do."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from contracts.projects.events_reports import (
    PeriodicReportAccepted,
    PeriodicReportReturned,
    PeriodicReportSubmitted,
    ReportExtended,
    ReportOverdue,
    ReportReminded,
    ReportsDropped,
)
from services.projects.delivery import actions as delivery
from services.projects.delivery import domain as delivery_domain
from services.projects.delivery import steps
from services.projects.delivery.models import Project
from services.projects.reports import domain, figures, planning, queries
from services.projects.reports.models import ReportPlan, ReportSlot, ReportVersion

View = dict[str, Any]


def _take(
    session: Session, actor: Actor, slot_id: str, expected_version: int | None, *, own: bool
) -> tuple[Project, ReportSlot]:
    """The project, locked, and its report: what belongs to a project changes under the project's lock."""
    found = queries.find_slot(session, slot_id, actor)
    project = (steps.lock_own if own else steps.lock)(session, actor, found.project_id)
    session.refresh(found, with_for_update=True)
    db.check_version(found, expected_version)
    return project, found


def _about(slot: ReportSlot) -> dict[str, Any]:
    return {"report_slot_id": slot.id, "number": slot.number}


def submit_periodic_report(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    report_slot_id: str,
    expected_version: int | None = None,
    **content: Any,
) -> View:
    """Answers its due day; the platform's own figures of the period are kept beside what is reported."""
    project, slot = _take(session, actor, report_slot_id, expected_version, own=True)
    project.status = delivery_domain.next_status(project.status, "report")
    status = domain.next_status(slot.status, "submit")
    today = clock.day_of(now)
    domain.check_begun(period_from=slot.period_from, today=today)
    kept = figures.figures_of(session, project, period_from=slot.period_from, period_until=slot.period_until)
    domain.check_content(content, kept, lines=[row["line"] for row in project.budget])
    number = len(queries.versions_of(session, slot.id)) + 1
    slot.status, slot.submitted_at = status, now
    slot.late = slot.late or (number == 1 and today > slot.due_on)
    session.add(
        ReportVersion(
            district_code=slot.district_code,
            street_code=slot.street_code,
            report_slot_id=slot.id,
            number=number,
            figures=kept,
            submitted_at=now,
            **content,
        )
    )
    facts = {"version_number": number, "late": slot.late, "evidence": content["evidence"]}
    steps.record(session, project, PeriodicReportSubmitted, **_about(slot), **facts)
    return queries.render(session, slot)


def return_periodic_report(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    report_slot_id: str,
    reason: str,
    expected_version: int | None = None,
) -> View:
    """For correction; the version stays readable with the reason."""
    project, slot = _take(session, actor, report_slot_id, expected_version, own=False)
    slot.status, slot.decided_at = domain.next_status(slot.status, "return"), now
    _newest(session, slot, outcome="returned", note=reason)
    facts = {"organisation_id": project.organisation_id}
    steps.record(session, project, PeriodicReportReturned, **_about(slot), **facts)
    return queries.render(session, slot)


def accept_periodic_report(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    report_slot_id: str,
    note: str,
    expected_version: int | None = None,
) -> View:
    """Accepted, it is one of the project's reports."""
    project, slot = _take(session, actor, report_slot_id, expected_version, own=False)
    slot.status, slot.decided_at = domain.next_status(slot.status, "accept"), now
    newest = _newest(session, slot, outcome="accepted", note=note)
    delivery.add_report(
        session,
        project,
        now=now,
        kind="periodic",
        period_from=slot.period_from,
        period_until=slot.period_until,
        text=newest.text,
        beneficiary_count=newest.beneficiary_count,
        evidence=newest.evidence,
    )
    steps.record(session, project, PeriodicReportAccepted, **_about(slot))
    return queries.render(session, slot)


def _newest(session: Session, slot: ReportSlot, *, outcome: str, note: str) -> ReportVersion:
    newest = queries.versions_of(session, slot.id)[-1]
    newest.outcome, newest.note = outcome, note
    return newest


def extend_report(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    report_slot_id: str,
    due_on: date,
    reason: str,
    expected_version: int | None = None,
) -> View:
    """This one may come later; the day it was due first stays, and no other report moves."""
    project, slot = _take(session, actor, report_slot_id, expected_version, own=False)
    slot.status = domain.next_status(slot.status, "extend")
    rules = session.scalars(select(ReportPlan.rules).where(ReportPlan.project_id == project.id)).one()
    domain.check_extension(
        due_on=slot.due_on,
        original_due_on=slot.original_due_on,
        new_due_on=due_on,
        today=clock.day_of(now),
        days_max=rules["extension_days_max"],
    )
    moved = {"from_on": slot.due_on.isoformat(), "until_on": due_on.isoformat()}
    slot.extensions = [*slot.extensions, {**moved, "reason": reason}]
    slot.due_on = due_on
    planning.set_clocks(session, slot, rules["reminder_days"], now=now)
    steps.record(session, project, ReportExtended, **_about(slot), **moved)
    return queries.render(session, slot)


def remind_report(session: Session, *, actor: Actor, report_slot_id: str, due_on: str) -> None:
    """Timer."""
    found = _of_clock(session, actor, report_slot_id, due_on)
    if found is not None:
        project, slot = found
        facts = {"organisation_id": project.organisation_id, "due_on": due_on}
        steps.record(session, project, ReportReminded, **_about(slot), **facts)


def lapse_report(session: Session, *, actor: Actor, report_slot_id: str, due_on: str) -> None:
    """Timer: the due day is over."""
    found = _of_clock(session, actor, report_slot_id, due_on)
    if found is not None:
        project, slot = found
        slot.status, slot.late = domain.next_status(slot.status, "lapse"), True
        facts = {"organisation_id": project.organisation_id, "due_on": due_on}
        steps.record(session, project, ReportOverdue, **_about(slot), **facts)


def _of_clock(session: Session, actor: Actor, slot_id: str, due_on: str) -> tuple[Project, ReportSlot] | None:
    """A report that is still waited for, on the day the clock was set for: else the clock has nothing to say."""
    if session.get(ReportSlot, slot_id) is None:  # planned anew since
        return None
    project, slot = _take(session, actor, slot_id, None, own=False)
    waits = slot.status in ("expected", "returned") and slot.due_on.isoformat() == due_on
    return (project, slot) if waits else None


def drop_open(session: Session, project: Project, *, now: datetime) -> None:
    """The project ended: what was still expected is not due any more. The caller holds the project."""
    dropped = queries.unreported(session, project.id)
    for slot in dropped:
        slot.status, slot.decided_at = domain.next_status(slot.status, "drop"), now
    if dropped:
        steps.record(session, project, ReportsDropped, numbers=[slot.number for slot in dropped])
