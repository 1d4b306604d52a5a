"""A project's work: milestones, spending, reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events_delivery as events
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.delivery import ReportView, SpendingView
from services.projects.delivery import domain, money, queries, steps
from services.projects.delivery.models import Milestone, Project, Report, Spending, SpendingInvoice, SpendingReceipt

View = dict[str, Any]


def submit_milestone(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    milestone_id: str,
    summary: str,
    evidence: list[dict[str, Any]],
) -> View:
    """The organisation shows that a milestone is reached."""
    project = steps.lock_own(session, actor, project_id)
    milestone = queries.get_milestone(session, project, milestone_id)
    project.status = domain.next_status(project.status, "submit_milestone")
    milestone.status = domain.next_milestone_status(milestone.status, "submit")
    domain.check_evidence(len(evidence))
    milestone.summary, milestone.evidence, milestone.submitted_at = summary, evidence, now
    _record_milestone(session, project, milestone, events.MilestoneSubmitted, evidence=evidence)
    return queries.milestone_view(session, milestone)


def accept_milestone(
    session: Session, *, actor: Actor, now: datetime, project_id: str, milestone_id: str, note: str
) -> View:
    """Staff accept; the tranche that waited for it is released once the one before is reported."""
    project = steps.lock(session, actor, project_id)
    milestone = queries.get_milestone(session, project, milestone_id)
    project.status = domain.next_status(project.status, "accept_milestone")
    milestone.status = domain.next_milestone_status(milestone.status, "accept")
    milestone.note, milestone.accepted_at = note, now
    _record_milestone(session, project, milestone, events.MilestoneAccepted)
    session.flush()
    money.release_due_tranches(session, project, now=now)
    return queries.milestone_view(session, milestone)


def return_milestone(session: Session, *, actor: Actor, project_id: str, milestone_id: str, reason: str) -> View:
    """Staff send it back."""
    project = steps.lock(session, actor, project_id)
    milestone = queries.get_milestone(session, project, milestone_id)
    project.status = domain.next_status(project.status, "return_milestone")
    milestone.status = domain.next_milestone_status(milestone.status, "return")
    milestone.note = reason
    _record_milestone(session, project, milestone, events.MilestoneReturned)
    return queries.milestone_view(session, milestone)


def _record_milestone(session: Session, project: Project, milestone: Milestone, kind: Any, **facts: Any) -> None:
    steps.record(
        session,
        project,
        kind,
        milestone_id=milestone.id,
        number=milestone.number,
        organisation_id=project.organisation_id,
        **facts,
    )


def record_spending(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    line: str,
    amount_fen: int,
    spent_on: date,
    purpose: str,
    receipts: list[dict[str, Any]],
    invoices: Sequence[dict[str, Any]] = (),
    expected_version: int | None = None,
) -> View:
    """A payment from a line of the budget, with receipts that were never used before."""
    project = steps.lock_own(session, actor, project_id, expected_version)
    project.status = domain.next_status(project.status, "spend")
    spent = queries.spent_by_line(session, project.id)
    domain.check_spending(budget=project.budget, spent_fen=spent.get(line, 0), line=line, amount_fen=amount_fen)
    spending = Spending(
        **steps.belonging(project),
        line=line,
        amount_fen=amount_fen,
        spent_on=spent_on,
        purpose=purpose,
        receipts=receipts,
        recorded_at=now,
        invoices=[SpendingInvoice(district_code=project.district_code, **invoice) for invoice in invoices],
    )
    session.add(spending)
    session.flush()
    _use_receipts(session, spending)
    facts = {"line": line, "amount_fen": amount_fen, "spent_on": spent_on.isoformat(), "receipts": receipts}
    steps.record(session, project, events.SpendingRecorded, spending_id=spending.id, **facts)
    view: View = SpendingView().dump(spending)
    return view


def _use_receipts(session: Session, spending: Spending) -> None:
    """Each receipt once; two payments with the same one wait for each other at the key."""
    for receipt in spending.receipts:
        row = {"district_code": spending.district_code, "sha256": receipt["sha256"], "spending_id": spending.id}
        made = session.execute(
            insert(SpendingReceipt).values(**row).on_conflict_do_nothing().returning(SpendingReceipt.sha256)
        ).scalar_one_or_none()
        if made is None:
            raise ConflictError(DeliveryCode.RECEIPT_REUSED, sha256=receipt["sha256"])


def submit_report(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    expected_version: int | None = None,
    **content: Any,
) -> View:
    """A periodic report, or the one on a tranche that lets the next be released."""
    project = steps.lock_own(session, actor, project_id, expected_version)
    project.status = domain.next_status(project.status, "report")
    domain.check_report(
        kind=content["kind"],
        tranche_number=content.get("tranche_number"),
        period_from=content["period_from"],
        period_until=content["period_until"],
    )
    if content.get("tranche_number") is not None:
        money.check_paid(session, project, content["tranche_number"])
    report = add_report(session, project, now=now, **content)
    money.release_due_tranches(session, project, now=now)
    view: View = ReportView().dump(report)
    return view


def add_report(session: Session, project: Project, *, now: datetime, **content: Any) -> Report:
    """Store and record a report of any kind."""
    report = Report(**steps.belonging(project), submitted_at=now, **content)
    session.add(report)
    session.flush()
    steps.record(
        session,
        project,
        events.ReportSubmitted,
        report_id=report.id,
        kind=report.kind,
        tranche_number=report.tranche_number,
        beneficiary_count=report.beneficiary_count,
        evidence=report.evidence,
    )
    return report
