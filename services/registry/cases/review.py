"""Writes of the review: votes, decision, public notice, objections."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.registry.codes_growth import GrowthCode
from contracts.registry.events_cases import (
    CaseNoticeEnded,
    CaseObjected,
    CaseObjectionResolved,
    CaseReviewLate,
    CaseVoteCast,
)
from services.registry import scope
from services.registry.cases import closing, domain, notice, queries, steps
from services.registry.cases.models import CaseObjection, CaseVote, IncubationCase
from services.registry.deadlines import actions as deadlines
from services.registry.organisations.models import Organisation
from services.registry.policies.queries import number


def vote_on_case(
    session: Session, *, actor: Actor, now: datetime, case_id: str, choice: str, comment: str
) -> dict[str, Any]:
    """Once per reviewer; who is connected with the organisation may only stand aside."""
    row = queries.take_case(session, actor, case_id, voting=True)
    if row.status != "review":
        raise ConflictError(GrowthCode.CASE_STATE, status=row.status, action="vote")
    organisation = session.get_one(Organisation, row.organisation_id)
    recused = domain.is_recused(
        reviewer_account=actor.account_id,
        reviewer_organisation=actor.organisation_id,
        drafted_by=row.drafted_by,
        organisation_id=organisation.id,
        hub_id=organisation.hub_id,
    )
    if recused and choice != "recuse":
        raise ConflictError(GrowthCode.CASE_REVIEWER_RECUSED)
    voted = select(CaseVote.id).where(CaseVote.case_id == row.id, CaseVote.account_id == actor.account_id)
    if session.scalars(voted).first() is not None:
        raise ConflictError(GrowthCode.CASE_VOTE_REPEATED)
    vote = CaseVote(
        district_code=row.district_code,
        street_code=row.street_code,
        case_id=row.id,
        account_id=str(actor.account_id),
        choice=choice,
        comment=comment,
        cast_at=now,
    )
    session.add(vote)
    row.touched_at = now
    record = CaseVoteCast(case_id=row.id, account_id=vote.account_id, choice=choice, street_codes=steps.streets(row))
    outbox.record(session, record)
    return queries.render(session, row)


def decide_case_review(
    session: Session, *, actor: Actor, now: datetime, case_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """By the votes: into the public notice while the base has room, or rejected."""
    row = queries.take_case(session, actor, case_id, expected=expected_version)
    domain.next_status(row.status, "admit")
    district = row.district_code
    quorum = number(session, district, "case_votes")
    if not domain.is_admitted(queries.votes_that_count(session, row), quorum=quorum):
        closing.close(session, row, "reject", "评审未通过", now)
        return queries.render(session, row)
    scope.hold(session, f"base:{district}")
    domain.check_capacity(
        row.mode,
        taken=queries.places_taken(session, district)["onsite"],
        capacity=number(session, district, "case_base_capacity"),
    )
    deadlines.meet(session, row.id, "case_review", now=now)
    steps.advance(session, row, "admit", now)
    notice.publish(session, row, now)
    return queries.render(session, row)


def object_to_case(session: Session, *, actor: Actor, now: datetime, case_id: str, text: str) -> dict[str, Any]:
    """Anybody of the street may object while the notice runs; who has objected is not published."""
    statement = db.scoped(select(IncubationCase), IncubationCase, actor).where(IncubationCase.id == case_id)
    row: IncubationCase | None = session.scalars(statement.with_for_update()).one_or_none()
    if row is None or row.notice_until is None:
        raise NotFoundError(GrowthCode.CASE_NOT_FOUND)
    if row.status != "public_notice" or now >= row.notice_until:
        raise ConflictError(GrowthCode.CASE_NOTICE_OVER)
    objection = CaseObjection(
        district_code=row.district_code,
        street_code=row.street_code,
        case_id=row.id,
        account_id=actor.account_id,
        text=text,
        status="open",
        raised_at=now,
    )
    session.add(objection)
    row.touched_at = now
    session.flush()
    record = CaseObjected(case_id=row.id, objection_id=objection.id, street_codes=steps.streets(row))
    outbox.record(session, record)
    return {"objection_id": objection.id, "case_id": row.id, "status": objection.status}


def resolve_case_objection(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    case_id: str,
    objection_id: str,
    outcome: str,
    reason: str,
) -> dict[str, Any]:
    """``upheld`` rejects the case."""
    row = queries.take_case(session, actor, case_id)
    objection = session.get(CaseObjection, objection_id)
    if objection is None or objection.case_id != row.id:
        raise NotFoundError(GrowthCode.CASE_OBJECTION_NOT_FOUND)
    if objection.status != "open":
        raise ConflictError(GrowthCode.CASE_OBJECTION_RESOLVED)
    objection.status, objection.reason, objection.resolved_at = outcome, reason, now
    row.touched_at = now
    outbox.record(
        session,
        CaseObjectionResolved(
            case_id=row.id, objection_id=objection.id, outcome=outcome, street_codes=steps.streets(row)
        ),
    )
    if outcome == "upheld":
        closing.close(session, row, "reject", "公示异议成立", now)
    return queries.render(session, row)


def move_review(session: Session, case_id: str, due_on: date) -> bool:
    """The holidays up to its day are known now: the day, and the clock that says when it is over.

    ``False`` while somebody holds the case: they may be waiting for its deadline, which the caller holds.
    """
    found = select(IncubationCase).filter_by(id=case_id).with_for_update(skip_locked=True)
    row = session.scalars(found).one_or_none()
    if row is None:
        return False
    moved = row.review_due_on != due_on
    row.review_due_on, row.review_due_confirmed = due_on, True
    session.flush()
    if moved:
        watch_review(session, row)
    return True


def watch_review(session: Session, row: IncubationCase) -> None:
    """A clock that was set for another day finds the day not over, or the case marked already."""
    assert row.review_due_on is not None
    due_at = clock.end_of(row.review_due_on)
    timers.schedule(session, "mark_case_review_late", due_at=due_at, district_code=row.district_code, case_id=row.id)


def mark_case_review_late(session: Session, *, case_id: str, now: datetime) -> None:
    """The working days are over; nothing happens to a case that was decided in time."""
    row = session.scalars(select(IncubationCase).filter_by(id=case_id).with_for_update()).one()
    if row.status not in domain.REVIEWING or row.asked_from == "public_notice" or row.review_late:
        return
    if row.review_due_on is None or now < clock.end_of(row.review_due_on):
        return
    row.review_late = True
    session.flush()
    outbox.record(
        session,
        CaseReviewLate(
            case_id=row.id,
            organisation_id=row.organisation_id,
            due_on=str(row.review_due_on),
            street_codes=steps.streets(row),
        ),
    )


def end_case_notice(session: Session, *, case_id: str, now: datetime) -> None:
    """Says that the notice ran its time; the agreement still needs its guards."""
    row = session.scalars(select(IncubationCase).filter_by(id=case_id).with_for_update()).one()
    if row.status != "public_notice" or row.notice_until is None or now < row.notice_until:
        return
    days = number(session, row.district_code, "case_agreement_working_days")
    deadlines.start(session, "case_agreement", row, now=now, working_days=days)
    outbox.record(
        session,
        CaseNoticeEnded(
            case_id=row.id,
            organisation_id=row.organisation_id,
            open_objections=queries.open_objections(session, row.id),
            street_codes=steps.streets(row),
        ),
    )
