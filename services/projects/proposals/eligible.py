"""Eligibility as of the deadline: evaluated once the round is closed, stored rule by rule, held against screening."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.errors import ConflictError
from contracts.projects.codes_rounds import RoundsCode
from contracts.projects.events_plans import EligibilityChecked
from services.projects.proposals import domain, domain_eligibility, queries
from services.projects.proposals.models import Proposal
from services.projects.proposals.models_work import EligibilityCheck


def evaluate(session: Session, row: Proposal, now: datetime) -> EligibilityCheck:
    """Every rule with its reason and fact, kept beside earlier evaluations."""
    as_of = queries.judged_as_of(row, now)
    draft, rules = queries.submission_of(session, row)
    applicant = queries.applicant_of(session, row, as_of)
    found = [
        *domain_eligibility.evaluate(rules.eligibility, applicant),
        domain_eligibility.of_plan(domain.check_plan(draft, rules)),
    ]
    check = EligibilityCheck(
        district_code=row.district_code,
        street_code=row.street_code,
        proposal_id=row.id,
        round_id=row.round_id,
        organisation_id=row.organisation_id,
        as_of=as_of,
        evaluated_at=now,
        passed=all(result.passed for result in found),
        results=[result.plain() for result in found],
    )
    session.add(check)
    session.flush()
    _tell(session, row, check)
    return check


def _tell(session: Session, row: Proposal, check: EligibilityCheck) -> None:
    outbox.record(
        session,
        EligibilityChecked(
            proposal_id=row.id,
            round_id=row.round_id,
            eligibility_check_id=check.id,
            as_of=check.as_of.isoformat(),
            passed=check.passed,
            failed=[result["rule"] for result in check.results if not result["passed"]],
            street_codes=[row.street_code] if row.street_code else [],
        ),
    )


def check_passed(session: Session, row: Proposal, now: datetime) -> None:
    """The newest evaluation decides; a round that was closed before there were any is evaluated now."""
    newest = select(EligibilityCheck).where(EligibilityCheck.proposal_id == row.id)
    check = session.scalars(newest.order_by(EligibilityCheck.id.desc()).limit(1)).one_or_none()
    if check is None:
        check = evaluate(session, row, now)
    failed = [result for result in check.results if not result["passed"]]
    if failed:
        raise ConflictError(RoundsCode.ELIGIBILITY_FAILED, as_of=check.as_of.isoformat(), results=failed)
