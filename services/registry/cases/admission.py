"""Writes of a case up to the review: draft, documents, submission, screening, questions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox, workdays
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_growth import GrowthCode
from contracts.registry.events_cases import CaseDocumentAdded, CaseDrafted, CaseSubmitted
from services.registry import scope
from services.registry.cases import domain, notice, queries, review, steps
from services.registry.cases.models import CaseDocument, IncubationCase
from services.registry.deadlines import actions as deadlines
from services.registry.organisations.models import Organisation
from services.registry.organisations.queries import find_organisation
from services.registry.policies.queries import number


def draft_case(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str,
    mode: str,
    statement: str,
    documents: list[dict[str, Any]],
) -> dict[str, Any]:
    """For one's own organisation, or one in one's care or street."""
    organisation = find_organisation(session, actor, organisation_id)
    db.check_street(actor, organisation.street_code)
    if organisation.status != "active":
        raise ConflictError(RegistryCode.ORGANISATION_CLOSED)
    row = IncubationCase(
        district_code=organisation.district_code,
        street_code=organisation.street_code,
        organisation_id=organisation.id,
        mode=mode,
        statement=statement,
        status="draft",
        drafted_by=actor.account_id,
        review_late=False,
        agreement=[],
        months=0,
        extended_months=0,
        created_at=now,
        touched_at=now,
    )
    session.add(row)
    session.flush()
    outbox.record(
        session,
        CaseDrafted(case_id=row.id, organisation_id=organisation.id, mode=mode, street_codes=steps.streets(row)),
    )
    _attach(session, row, documents, now)
    return queries.render(session, row)


def add_case_document(
    session: Session, *, actor: Actor, now: datetime, case_id: str, **document: Any
) -> dict[str, Any]:
    """Until the case is over."""
    row = queries.take_case(session, actor, case_id)
    if row.status in domain.FINAL:
        raise ConflictError(GrowthCode.CASE_STATE, status=row.status, action="add_document")
    _attach(session, row, [document], now)
    return queries.render(session, row)


def submit_case(
    session: Session, *, actor: Actor, now: datetime, case_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """draft → received; starts the clock of the review."""
    row = queries.take_case(session, actor, case_id, expected=expected_version)
    domain.next_status(row.status, "submit")
    lacking = queries.missing_documents(session, row)
    if lacking:
        raise ConflictError(GrowthCode.CASE_DOCUMENTS_MISSING, missing=lacking)
    _refuse_other(session, row, now)
    days = number(session, row.district_code, "case_review_working_days")
    row.submitted_at = now
    row.review_due_on, row.review_due_confirmed = workdays.after(clock.day_of(now), days)
    steps.advance(session, row, "submit", now)
    review.watch_review(session, row)
    deadlines.start(session, "case_review", row, now=now, working_days=days)
    about = {"case_id": row.id, "organisation_id": row.organisation_id}
    outbox.record(session, CaseSubmitted(**about, due_on=str(row.review_due_on), street_codes=steps.streets(row)))
    return queries.render(session, row)


def step_case(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    case_id: str,
    action: str,
    reason: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """A step that needs nothing but the right state, and sometimes a reason."""
    row = steps.take_and_advance(session, actor, case_id, action, now, expected_version)
    row.question = reason
    return queries.render(session, row)


def request_case_info(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    case_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """→ more_info; remembers which state asked."""
    row = queries.take_case(session, actor, case_id, expected=expected_version)
    asked_from = row.status
    steps.advance(session, row, "ask", now)
    row.asked_from, row.question = asked_from, reason
    deadlines.drop(session, row.id, "case_agreement", now=now)  # a notice that was broken off starts anew
    days = number(session, row.district_code, "case_answer_working_days")
    deadlines.start(session, "case_answer", row, now=now, working_days=days)
    return queries.render(session, row)


def supply_case_info(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    case_id: str,
    note: str,
    documents: list[dict[str, Any]],
    expected_version: int | None = None,
) -> dict[str, Any]:
    """more_info → the state that asked."""
    row = queries.take_case(session, actor, case_id, expected=expected_version)
    steps.advance(session, row, f"return_to_{row.asked_from}", now)
    row.statement = f"{row.statement}\n（补充说明）{note}".strip()
    row.asked_from = row.question = None
    deadlines.meet(session, row.id, "case_answer", now=now)
    if row.status == "public_notice":
        notice.publish(session, row, now)
    _attach(session, row, documents, now)
    return queries.render(session, row)


def _attach(session: Session, row: IncubationCase, documents: list[dict[str, Any]], now: datetime) -> None:
    for document in documents:
        made = CaseDocument(
            district_code=row.district_code, street_code=row.street_code, case_id=row.id, added_at=now, **document
        )
        session.add(made)
        session.flush()
        outbox.record(
            session,
            CaseDocumentAdded(
                case_id=row.id,
                document_id=made.id,
                kind=made.kind,
                evidence=made.evidence,
                street_codes=steps.streets(row),
            ),
        )
    row.touched_at = now


def _refuse_other(session: Session, row: IncubationCase, now: datetime) -> None:
    """One open case at a time, and none too soon after one that came to incubation and ended."""
    scope.hold(session, f"case:{row.organisation_id}")
    organisation = session.get_one(Organisation, row.organisation_id)
    if organisation.status != "active":
        raise ConflictError(RegistryCode.ORGANISATION_CLOSED)
    others = session.scalars(
        select(IncubationCase).where(IncubationCase.organisation_id == row.organisation_id, IncubationCase.id != row.id)
    ).all()
    if any(other.status in domain.OPEN for other in others):
        raise ConflictError(GrowthCode.CASE_OTHER_OPEN)
    for other in others:
        key = domain.REENTRY.get(other.status)
        if key is None or other.closed_at is None or other.starts_on is None:
            continue
        again_from = other.closed_at + timedelta(days=number(session, row.district_code, key))
        if now < again_from:
            raise ConflictError(GrowthCode.CASE_REENTRY_EARLY, again_from=again_from.isoformat())
