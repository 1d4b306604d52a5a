"""Writes of the result: tally, publish, confirm, and how a grade ends."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes_assess import AssessCode
from contracts.registry.events_assess import AssessmentConfirmed, AssessmentEnded, AssessmentPublished
from services.registry.assessments import domain, queries, steps
from services.registry.assessments.models import Assessment, AssessmentCorrection
from services.registry.cases.domain import add_months
from services.registry.policies.queries import number
from services.registry.told import streets

_YEARS = {"registered": "grade_valid_years", "filed": "star_valid_years"}


def open_assessment(
    session: Session, *, actor: Actor, assessment_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """planned → scoring: the panel is large enough."""
    row = steps.take(session, actor, assessment_id, expected_version)
    domain.next_status(row.status, "open")
    panel = [sheet for sheet in queries.sheets(session, row.id) if sheet.status != "recused"]
    domain.check_panel(len(panel), number(session, row.district_code, "assessment_assessors"))
    steps.advance(session, row, "open")
    return queries.render(session, actor, row)


def tally_assessment(
    session: Session, *, actor: Actor, assessment_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """scoring → tallied: every sheet is locked or its assessor stood aside, and enough are locked."""
    row = steps.take(session, actor, assessment_id, expected_version)
    domain.next_status(row.status, "tally")
    statuses = [sheet.status for sheet in queries.sheets(session, row.id)]
    waiting = [status for status in statuses if status not in {"locked", "recused"}]
    if waiting:
        raise ConflictError(AssessCode.SHEETS_OPEN, open=len(waiting))
    domain.check_panel(statuses.count("locked"), number(session, row.district_code, "assessment_assessors"))
    compute(session, row)
    steps.advance(session, row, "tally")
    return queries.render(session, actor, row)


def compute(session: Session, row: Assessment) -> None:
    """Score, criteria and grade of the locked sheets."""
    locked = [sheet for sheet in queries.sheets(session, row.id) if sheet.status == "locked"]
    result = domain.tally(steps.rubric_of(session, row), [queries.scores(session, sheet.id) for sheet in locked])
    row.score_hundredths, row.criteria, row.grade = result.score_hundredths, result.criteria, result.grade


def publish_assessment(
    session: Session, *, actor: Actor, now: datetime, assessment_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """tallied → published; the time for appeals counts from the day after."""
    row = steps.take(session, actor, assessment_id, expected_version)
    status = domain.next_status(row.status, "publish")
    refuse_open_corrections(session, row)
    row.status, row.published_at = status, now
    row.appeal_until = clock.end_after(clock.day_of(now), number(session, row.district_code, "assessment_appeal_days"))
    session.flush()
    outbox.record(session, _published(row))
    return queries.render(session, actor, row)


def _published(row: Assessment) -> AssessmentPublished:
    assert row.score_hundredths is not None
    assert row.appeal_until is not None
    return AssessmentPublished(
        assessment_id=row.id,
        organisation_id=row.organisation_id,
        score_hundredths=row.score_hundredths,
        grade=row.grade,
        appeal_until=row.appeal_until.isoformat(),
        street_codes=streets(row),
    )


def confirm_assessment(
    session: Session, *, actor: Actor, now: datetime, assessment_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """published → confirmed: nobody can appeal any more. The grade of an earlier assessment gives way."""
    row = steps.take(session, actor, assessment_id, expected_version)
    status = domain.next_status(row.status, "confirm")
    domain.check_appeal_over(now, row.appeal_until)
    refuse_open_corrections(session, row)
    _supersede(session, row)
    row.status, row.graded_on = status, clock.day_of(now)
    row.valid_until = _valid_until(session, row, row.graded_on)
    row.timer_id = timers.schedule(
        session,
        "expire_assessment",
        due_at=clock.end_of(row.valid_until),
        district_code=row.district_code,
        assessment_id=row.id,
    )
    session.flush()
    outbox.record(
        session,
        AssessmentConfirmed(
            assessment_id=row.id,
            organisation_id=row.organisation_id,
            score_hundredths=row.score_hundredths or 0,
            grade=row.grade,
            graded_on=row.graded_on.isoformat(),
            valid_until=row.valid_until.isoformat(),
            street_codes=streets(row),
        ),
    )
    return queries.render(session, actor, row)


def _valid_until(session: Session, row: Assessment, graded_on: date) -> date:
    """The policy's years of the rubric's tier: 1A–5A live five years (社会组织评估管理办法)."""
    tier = steps.rubric_of(session, row)["applies_to"]
    return add_months(graded_on, 12 * number(session, row.district_code, _YEARS[tier]))


def _supersede(session: Session, row: Assessment) -> None:
    earlier = session.scalars(
        select(Assessment)
        .where(Assessment.organisation_id == row.organisation_id, Assessment.status == "confirmed")
        .with_for_update()
    ).one_or_none()
    if earlier is not None:
        _end(session, earlier, "supersede", "由新的评估替代 / replaced by a newer assessment")


def revoke_assessment(
    session: Session,
    *,
    actor: Actor,
    assessment_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """confirmed → revoked, with the reason."""
    row = steps.take(session, actor, assessment_id, expected_version)
    _end(session, row, "revoke", reason)
    return queries.render(session, actor, row)


def expire_assessment(session: Session, *, assessment_id: str) -> None:
    """The years are over; a grade that ended before is left alone."""
    row = session.scalars(select(Assessment).filter_by(id=assessment_id).with_for_update()).one()
    if row.status == "confirmed":
        _end(session, row, "expire", "等级有效期满 / the grade's years are over")


def _end(session: Session, row: Assessment, action: str, reason: str) -> None:
    row.status = domain.next_status(row.status, action)
    row.ended_reason = reason
    if row.timer_id and action != "expire":
        timers.cancel(session, row.timer_id)
    session.flush()
    record = AssessmentEnded(
        assessment_id=row.id, organisation_id=row.organisation_id, status=row.status, street_codes=streets(row)
    )
    outbox.record(session, record)


def cancel_assessment(
    session: Session,
    *,
    actor: Actor,
    assessment_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Before anything is published."""
    row = steps.take(session, actor, assessment_id, expected_version)
    steps.advance(session, row, "cancel")
    row.ended_reason = reason
    return queries.render(session, actor, row)


def refuse_open_corrections(session: Session, row: Assessment) -> None:
    """A correction that waits for its second person comes first."""
    statement = select(AssessmentCorrection.id).filter_by(assessment_id=row.id, status="proposed")
    if session.scalars(statement).first() is not None:
        raise ConflictError(AssessCode.CORRECTION_OPEN)
