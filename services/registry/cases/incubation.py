"""Writes of a case from the agreement to the end."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.cases import ADMITTERS
from contracts.registry.codes_base import BaseCode
from contracts.registry.codes_growth import GrowthCode
from contracts.registry.events_cases import CaseAgreed, CaseCapacityAssessed, CaseExtended
from services.registry.cases import closing, domain, queries, steps
from services.registry.cases.models import CapacityAssessment, IncubationCase
from services.registry.deadlines import actions as deadlines
from services.registry.policies.queries import number
from services.registry.visits.models import Finding, Visit


def assess_case_capacity(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    case_id: str,
    kind: str,
    scores: dict[str, int],
    note: str,
) -> dict[str, Any]:
    """The baseline before the agreement; others on the way and at the end."""
    row = queries.take_case(session, actor, case_id)
    domain.check_assessed_in_time(row.status, kind)
    session.add(
        CapacityAssessment(
            district_code=row.district_code,
            street_code=row.street_code,
            case_id=row.id,
            kind=kind,
            scores=scores,
            note=note,
            account_id=actor.account_id,
            assessed_at=now,
        )
    )
    row.touched_at = now
    outbox.record(
        session,
        CaseCapacityAssessed(
            case_id=row.id,
            organisation_id=row.organisation_id,
            kind=kind,
            scores=scores,
            street_codes=steps.streets(row),
        ),
    )
    return queries.render(session, row)


def sign_case_agreement(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    case_id: str,
    evidence: list[dict[str, Any]],
    signed_on: date | None = None,
    months: int | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """public_notice → agreed: notice over, no objection, team of 1+1, baseline assessed."""
    row = queries.take_case(session, actor, case_id, expected=expected_version)
    domain.next_status(row.status, "agree")
    domain.check_notice_over(now, row.notice_until, open_objections=queries.open_objections(session, row.id))
    serving = queries.serving(session, row.id)
    domain.check_team(set(serving))
    if not _is_assessed(session, row.id, "baseline"):
        raise ConflictError(GrowthCode.CASE_BASELINE_MISSING)
    today = clock.day_of(now)
    row.agreed_on = domain.check_signed(signed_on or today, today, since=clock.day_of(row.notice_until or now))
    allowed = number(session, row.district_code, "case_months")
    row.months = months or allowed
    domain.check_term(row.months, most=allowed)
    row.agreement, row.ends_on = evidence, domain.add_months(today, row.months)
    deadlines.meet(session, row.id, "case_agreement", now=now)
    steps.advance(session, row, "agree", now)
    outbox.record(
        session,
        CaseAgreed(
            case_id=row.id,
            organisation_id=row.organisation_id,
            specialist_account_id=serving["specialist"],
            steward_account_id=serving["steward"],
            ends_on=row.ends_on.isoformat(),
            street_codes=steps.streets(row),
        ),
    )
    return queries.render(session, row)


def begin_case_incubation(
    session: Session, *, actor: Actor, now: datetime, case_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """agreed → incubating; the term counts from today."""
    row = steps.take_and_advance(session, actor, case_id, "begin", now, expected_version)
    row.starts_on = clock.day_of(now)
    row.ends_on = domain.add_months(row.starts_on, row.months)
    deadlines.start(session, "case_term", row, now=now, due_on=row.ends_on)
    return queries.render(session, row)


def request_case_exit(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    case_id: str,
    sought: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """→ exit_review for one outcome, whose guard must hold."""
    row = queries.take_case(session, actor, case_id, expected=expected_version)
    domain.next_status(row.status, "review_exit")
    _check_exit(session, row, sought)
    row.sought, row.question = sought, reason
    steps.advance(session, row, "review_exit", now)
    return queries.render(session, row)


def extend_case(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    case_id: str,
    months: int,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """exit_review → extended → incubating, once."""
    row = queries.take_case(session, actor, case_id, expected=expected_version)
    domain.next_status(row.status, "extend")
    if row.extended_months:
        raise ConflictError(GrowthCode.CASE_ALREADY_EXTENDED)
    _check_exit(session, row, "extension")
    domain.check_term(months, most=number(session, row.district_code, "case_extension_months"))
    domain.check_term(row.months + months, most=number(session, row.district_code, "case_total_months"))
    steps.advance(session, row, "extend", now)
    row.extended_months, row.sought, row.question = months, None, reason
    row.ends_on = domain.add_months(row.ends_on or clock.day_of(now), months)
    deadlines.start(session, "case_term", row, now=now, due_on=row.ends_on)
    steps.advance(session, row, "continue", now)
    outbox.record(
        session,
        CaseExtended(
            case_id=row.id,
            organisation_id=row.organisation_id,
            months=months,
            ends_on=row.ends_on.isoformat(),
            street_codes=steps.streets(row),
        ),
    )
    return queries.render(session, row)


def close_case(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    case_id: str,
    action: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """graduate, expel, withdraw or reject; leaving the exit review keeps its guard."""
    row = queries.take_case(session, actor, case_id, expected=expected_version)
    domain.next_status(row.status, action)
    if action == "withdraw":
        domain.check_withdrawal(row.status, row.sought, by_staff=actor.role in ADMITTERS)
    outcome = {step: sought for sought, step in domain.SOUGHT.items()}.get(action)
    if outcome is not None:
        _check_exit(session, row, outcome)
    if action == "graduate":
        _check_assessed_at_exit(session, row)
    closing.close(session, row, action, reason, now)
    return queries.render(session, row)


def _check_exit(session: Session, row: IncubationCase, sought: str) -> None:
    of = Finding.organisation_id == row.organisation_id
    high_open = session.scalar(select(func.count()).where(of, Finding.severity == "high", Finding.status == "open"))
    rechecks = select(func.max(Finding.failed_rechecks)).join(Visit, Visit.id == Finding.visit_id)
    since = row.starts_on or clock.day_of(row.created_at)
    domain.check_exit(
        sought,
        high_open=high_open or 0,
        failed_rechecks=session.scalar(rechecks.where(of, Visit.held_on >= since)) or 0,
        failures_needed=number(session, row.district_code, "case_failed_rechecks"),
    )


def _check_assessed_at_exit(session: Session, row: IncubationCase) -> None:
    """Incubating → assessed → graduated (R4), unless the district's policy does without."""
    if number(session, row.district_code, "case_exit_assessed") and not _is_assessed(session, row.id, "exit"):
        raise ConflictError(BaseCode.CASE_EXIT_ASSESSMENT_MISSING)


def _is_assessed(session: Session, case_id: str, kind: str) -> bool:
    statement = select(func.count()).where(CapacityAssessment.case_id == case_id, CapacityAssessment.kind == kind)
    return bool(session.scalar(statement))
