"""Writes of consultations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, outbox, timers, workdays
from chassis.actor import Actor
from chassis.errors import ForbiddenError
from contracts.registry.codes_growth import GrowthCode
from contracts.registry.events_care import (
    ConsultationAnswered,
    ConsultationAsked,
    ConsultationClosed,
    ConsultationLate,
    ConsultationReopened,
)
from services.registry import scope
from services.registry.active import check_active
from services.registry.consultations import domain, queries
from services.registry.consultations.models import Consultation
from services.registry.deadlines import actions as deadlines
from services.registry.organisations.queries import find_organisation
from services.registry.policies.queries import number
from services.registry.policy_documents import queries as documents


def ask_consultation(session: Session, *, actor: Actor, now: datetime, topic: str, question: str) -> dict[str, Any]:
    """On behalf of one's organisation; an answer is due in working days."""
    organisation = find_organisation(session, actor, actor.organisation_id or "")
    check_active(organisation)
    row = Consultation(
        district_code=actor.district_code,
        street_code=organisation.street_code,
        organisation_id=organisation.id,
        account_id=str(actor.account_id),
        topic=topic,
        question=question,
        citations=[],
        asked_at=now,
        due_at=now,
        late=False,
        status="asked",
        created_at=now,
    )
    session.add(row)
    session.flush()
    _watch(session, row, now)
    outbox.record(
        session,
        ConsultationAsked(
            consultation_id=row.id,
            organisation_id=row.organisation_id,
            topic=topic,
            due_at=row.due_at.isoformat(),
            street_codes=_streets(row),
        ),
    )
    return queries.render(row)


def answer_consultation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    consultation_id: str,
    answer: str,
    citations: list[dict[str, Any]],
    expected_version: int | None = None,
) -> dict[str, Any]:
    """asked → answered, citing the documents it rests on; nobody answers a question of their own."""
    row = _take(session, actor, consultation_id, expected_version)
    if actor.account_id == row.account_id or actor.organisation_id == row.organisation_id:
        raise ForbiddenError(GrowthCode.CONSULTATION_NOT_YOURS)
    row.status = domain.next_status(row.status, "answer")
    row.answer, row.citations = answer, documents.cite(session, row.district_code, citations, day=clock.day_of(now))
    row.answered_by, row.answered_at = actor.account_id, now
    deadlines.meet(session, row.id, "consultation", now=now)
    if row.timer_id:
        timers.cancel(session, row.timer_id)
    session.flush()
    outbox.record(
        session,
        ConsultationAnswered(
            consultation_id=row.id,
            organisation_id=row.organisation_id,
            account_id=row.account_id,
            in_time=now <= row.due_at,
            street_codes=_streets(row),
        ),
    )
    return queries.render(row)


def reopen_consultation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    consultation_id: str,
    question: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """answered → asked, with a new clock."""
    row = _take_own(session, actor, consultation_id, expected_version)
    row.status = domain.next_status(row.status, "reopen")
    row.question = f"{row.question}\n（追问）{question}"
    _watch(session, row, now)
    outbox.record(
        session,
        ConsultationReopened(
            consultation_id=row.id,
            organisation_id=row.organisation_id,
            due_at=row.due_at.isoformat(),
            street_codes=_streets(row),
        ),
    )
    return queries.render(row)


def close_consultation(
    session: Session, *, actor: Actor, consultation_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """answered → closed."""
    row = _take_own(session, actor, consultation_id, expected_version)
    row.status = domain.next_status(row.status, "close")
    session.flush()
    record = ConsultationClosed(consultation_id=row.id, organisation_id=row.organisation_id, street_codes=_streets(row))
    outbox.record(session, record)
    return queries.render(row)


def mark_consultation_late(session: Session, *, consultation_id: str) -> None:
    """The service clock ran out."""
    row = session.scalars(select(Consultation).filter_by(id=consultation_id).with_for_update()).one()
    if row.status != "asked" or row.late:
        return
    row.late = True
    session.flush()
    record = ConsultationLate(consultation_id=row.id, organisation_id=row.organisation_id, street_codes=_streets(row))
    outbox.record(session, record)


def move_answer(session: Session, consultation_id: str, due_on: date) -> bool:
    """The holidays up to its day are known now. ``False`` while somebody holds the consultation."""
    found = select(Consultation).filter_by(id=consultation_id).with_for_update(skip_locked=True)
    row = session.scalars(found).one_or_none()
    if row is None:
        return False
    if row.due_at != clock.end_of(due_on):
        if row.timer_id:
            timers.cancel(session, row.timer_id)
        _set_clock(session, row, due_on)
    return True


def _watch(session: Session, row: Consultation, now: datetime) -> None:
    days = number(session, row.district_code, "consultation_working_days")
    due_on, _ = workdays.after(clock.day_of(now), days)
    _set_clock(session, row, due_on)
    deadlines.start(session, "consultation", row, now=now, working_days=days)


def _set_clock(session: Session, row: Consultation, due_on: date) -> None:
    row.due_at, row.late = clock.end_of(due_on), False
    row.timer_id = timers.schedule(
        session,
        "mark_consultation_late",
        due_at=row.due_at,
        district_code=row.district_code,
        consultation_id=row.id,
    )
    session.flush()


def _take(session: Session, actor: Actor, consultation_id: str, expected: int | None) -> Consultation:
    code, column = GrowthCode.CONSULTATION_NOT_FOUND, Consultation.organisation_id
    return scope.take(session, Consultation, consultation_id, actor, code, column=column, expected=expected)


def _take_own(session: Session, actor: Actor, consultation_id: str, expected: int | None) -> Consultation:
    """Whoever acts for the organisation that asked."""
    row = _take(session, actor, consultation_id, expected)
    if row.organisation_id != actor.organisation_id:
        raise ForbiddenError(GrowthCode.CONSULTATION_NOT_YOURS)
    return row


def _streets(row: Consultation) -> list[str]:
    return [row.street_code] if row.street_code else []
