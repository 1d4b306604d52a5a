"""What the steps of an assessment share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from contracts.registry.codes_assess import AssessCode
from contracts.registry.events_assess import AssessmentAdvanced
from services.registry import scope
from services.registry.assessments import domain, queries
from services.registry.assessments.models import Assessment
from services.registry.rulebooks import domain as rulebooks
from services.registry.rulebooks.models import Rulebook
from services.registry.told import streets


def take(session: Session, actor: Actor, assessment_id: str, expected: int | None = None) -> Assessment:
    """One to write: locked, in the actor's streets and care."""
    code, column = AssessCode.ASSESSMENT_NOT_FOUND, Assessment.organisation_id
    return scope.take(session, Assessment, assessment_id, actor, code, column=column, expected=expected)


def take_of_sheet(
    session: Session, actor: Actor, assessment_sheet_id: str, *, own: bool = False
) -> tuple[Assessment, Any]:
    """The sheet and its assessment, locked in one order; the sheet decides who may come near."""
    found = queries.find_sheet(session, actor, assessment_sheet_id, own=own)
    row = session.scalars(select(Assessment).filter_by(id=found.assessment_id).with_for_update()).one()
    sheet = queries.find_sheet(session, actor, assessment_sheet_id, own=own, lock=True)
    if not own:
        db.check_street(actor, row.street_code)
    return row, sheet


def rubric_of(session: Session, row: Assessment) -> dict[str, Any]:
    """The content the assessment was planned under; it must still be what was published."""
    book = session.get_one(Rulebook, row.rulebook_id)
    rulebooks.check_unaltered(book.content, book.content_hash)
    return book.content


def advance(session: Session, row: Assessment, action: str) -> None:
    """One step, told as such."""
    row.status = domain.next_status(row.status, action)
    session.flush()
    outbox.record(
        session,
        AssessmentAdvanced(
            assessment_id=row.id,
            organisation_id=row.organisation_id,
            action=action,
            status=row.status,
            street_codes=streets(row),
        ),
    )
