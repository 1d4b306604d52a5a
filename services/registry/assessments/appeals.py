"""Writes that change a result afterwards: corrections of locked scores and appeals, each by two people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.registry.codes_assess import AssessCode
from contracts.registry.events_assess import (
    AssessmentAppealed,
    AssessmentAppealSettled,
    AssessmentAppealWeighed,
    AssessmentCorrectionDecided,
    AssessmentCorrectionProposed,
)
from services.registry.assessments import domain, queries, results, steps
from services.registry.assessments.models import (
    Assessment,
    AssessmentAppeal,
    AssessmentCorrection,
    AssessmentScore,
)
from services.registry.told import streets


def propose_score_correction(
    session: Session, *, actor: Actor, now: datetime, assessment_sheet_id: str, criterion: str, score: int, reason: str
) -> dict[str, Any]:
    """Of a locked sheet, after the tally."""
    row, sheet = steps.take_of_sheet(session, actor, assessment_sheet_id)
    domain.next_status(row.status, "correct")
    known = queries.scores(session, sheet.id)
    if sheet.status != "locked" or criterion not in known:
        raise ConflictError(AssessCode.SHEET_STATE, status=sheet.status, action="correct")
    domain.check_score(steps.rubric_of(session, row)["criteria"], criterion, score)
    correction = AssessmentCorrection(
        district_code=row.district_code,
        street_code=row.street_code,
        assessment_id=row.id,
        assessment_sheet_id=sheet.id,
        criterion=criterion,
        was=known[criterion],
        became=score,
        reason=reason,
        status="proposed",
        proposed_by=actor.account_id,
        proposed_at=now,
    )
    session.add(correction)
    session.flush()
    outbox.record(
        session,
        AssessmentCorrectionProposed(
            assessment_id=row.id,
            correction_id=correction.id,
            assessment_sheet_id=sheet.id,
            criterion=criterion,
            street_codes=streets(row),
        ),
    )
    return queries.render(session, actor, row)


def decide_score_correction(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    assessment_id: str,
    correction_id: str,
    approved: bool,
    reason: str,
) -> dict[str, Any]:
    """By another person; approved, the score changes and the result is computed anew."""
    row = steps.take(session, actor, assessment_id)
    domain.next_status(row.status, "correct")
    correction = session.get(AssessmentCorrection, correction_id)
    if correction is None or correction.assessment_id != row.id:
        raise NotFoundError(AssessCode.CORRECTION_NOT_FOUND)
    correction.status = domain.next_correction_status(correction.status, "approve" if approved else "refuse")
    domain.check_second(correction.proposed_by, actor.account_id)
    correction.decided_by, correction.decided_at, correction.decision_reason = actor.account_id, now, reason
    if approved:
        _apply(session, row, correction)
    session.flush()
    known = row.status in domain.SHOWN_TO_ALL
    record = AssessmentCorrectionDecided(
        assessment_id=row.id,
        correction_id=correction.id,
        approved=approved,
        score_hundredths=row.score_hundredths if known else None,
        grade=row.grade if known else None,
        street_codes=streets(row),
    )
    outbox.record(session, record)
    return queries.render(session, actor, row)


def _apply(session: Session, row: Assessment, correction: AssessmentCorrection) -> None:
    score = session.scalars(
        select(AssessmentScore).filter_by(
            assessment_sheet_id=correction.assessment_sheet_id, criterion=correction.criterion
        )
    ).one()
    correction.was = score.score  # another correction may have come between
    score.score = correction.became
    session.flush()
    results.compute(session, row)


def appeal_assessment(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    assessment_id: str,
    text: str,
    evidence: list[dict[str, Any]],
) -> dict[str, Any]:
    """published → appealed, in time, by the organisation or its hub."""
    row = steps.take(session, actor, assessment_id)
    domain.next_status(row.status, "appeal")
    domain.check_appeal_in_time(now, row.appeal_until)
    appeal = AssessmentAppeal(
        district_code=row.district_code,
        street_code=row.street_code,
        assessment_id=row.id,
        text=text,
        evidence=evidence,
        status="open",
        raised_by=actor.account_id,
        raised_at=now,
    )
    row.status = domain.next_status(row.status, "appeal")
    session.add(appeal)
    session.flush()
    outbox.record(
        session,
        AssessmentAppealed(
            assessment_id=row.id,
            organisation_id=row.organisation_id,
            appeal_id=appeal.id,
            street_codes=streets(row),
        ),
    )
    return queries.render(session, actor, row)


def propose_appeal_outcome(
    session: Session, *, actor: Actor, assessment_id: str, appeal_id: str, outcome: str, reason: str
) -> dict[str, Any]:
    """The first of two people."""
    row, appeal = _take_appeal(session, actor, assessment_id, appeal_id)
    appeal.status = domain.next_appeal_status(appeal.status, "propose")
    if outcome == "upheld" and not _is_corrected(session, appeal):
        raise ConflictError(AssessCode.APPEAL_UNCORRECTED)
    appeal.outcome, appeal.reason, appeal.proposed_by = outcome, reason, actor.account_id
    _tell(session, row, appeal, "proposed")
    return queries.render(session, actor, row)


def decide_appeal_outcome(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    assessment_id: str,
    appeal_id: str,
    approved: bool,
    reason: str,
) -> dict[str, Any]:
    """The second of two people; settled, the assessment is published again and may be confirmed."""
    row, appeal = _take_appeal(session, actor, assessment_id, appeal_id)
    step = str(appeal.outcome) if approved else "refuse"
    appeal.status = domain.next_appeal_status(appeal.status, step)
    domain.check_second(appeal.proposed_by, actor.account_id)
    if not approved:
        appeal.outcome, appeal.reason, appeal.proposed_by = None, reason or None, None
        _tell(session, row, appeal, "reopened")
        return queries.render(session, actor, row)
    appeal.settled_by, appeal.settled_at = actor.account_id, now
    row.status = domain.next_status(row.status, "settle")
    session.flush()
    outbox.record(
        session,
        AssessmentAppealSettled(
            assessment_id=row.id,
            organisation_id=row.organisation_id,
            appeal_id=appeal.id,
            outcome=appeal.status,
            street_codes=streets(row),
        ),
    )
    return queries.render(session, actor, row)


def _tell(session: Session, row: Assessment, appeal: AssessmentAppeal, step: str) -> None:
    session.flush()
    record = AssessmentAppealWeighed(assessment_id=row.id, appeal_id=appeal.id, step=step, street_codes=streets(row))
    outbox.record(session, record)


def _take_appeal(
    session: Session, actor: Actor, assessment_id: str, appeal_id: str
) -> tuple[Assessment, AssessmentAppeal]:
    row = steps.take(session, actor, assessment_id)
    domain.next_status(row.status, "settle")
    appeal = session.get(AssessmentAppeal, appeal_id)
    if appeal is None or appeal.assessment_id != row.id:
        raise NotFoundError(AssessCode.APPEAL_NOT_FOUND)
    return row, appeal


def _is_corrected(session: Session, appeal: AssessmentAppeal) -> bool:
    since = select(AssessmentCorrection.id).where(
        AssessmentCorrection.assessment_id == appeal.assessment_id,
        AssessmentCorrection.status == "approved",
        AssessmentCorrection.decided_at >= appeal.raised_at,
    )
    return session.scalars(since).first() is not None
