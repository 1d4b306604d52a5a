"""Debarments: proposed by one person, confirmed by another, settled by a third; they end by clock."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts.projects import events_money as events
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_money import MoneyCode
from services.projects.awards import queries as awards
from services.projects.debarments import domain, queries
from services.projects.debarments.models import Debarment
from services.projects.known import queries as known
from services.projects.money_policy.queries import policy_of


def propose_debarment(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str,
    reason: str,
    award_id: str | None = None,
    from_on: date | None = None,
) -> dict[str, Any]:
    """For as many years as the district's policy says; nobody is barred yet."""
    owner = known.organisation(session, organisation_id)
    db.check_street(actor, owner.street_code)
    if award_id is not None and awards.find_award(session, award_id, actor).organisation_id != organisation_id:
        raise ConflictError(ProjectsCode.AWARD_NOT_FOUND, award_id=award_id)
    if queries.live_of(session, organisation_id) is not None:
        raise ConflictError(MoneyCode.DEBARMENT_OPEN)
    today = clock.day_of(now)
    start = from_on or today
    domain.check_start(start, today=today)
    row = Debarment(
        district_code=owner.district_code,
        street_code=owner.street_code,
        organisation_id=organisation_id,
        award_id=award_id,
        status="proposed",
        reason=reason,
        from_on=start,
        until_on=domain.last_day(start, policy_of(session, owner.district_code)["debarment_years"]),
        proposed_by=actor.account_id,
        created_at=now,
    )
    session.add(row)
    _tell(session, row, events.DebarmentProposed)
    return queries.render(row)


def _take(session: Session, actor: Actor, debarment_id: str, expected_version: int | None) -> Debarment:
    row = queries.find_debarment(session, debarment_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return row


def confirm_debarment(
    session: Session, *, actor: Actor, now: datetime, debarment_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """By another person than who proposed it."""
    row = _take(session, actor, debarment_id, expected_version)
    row.status = domain.next_status(row.status, "confirm")
    domain.check_another(actor.account_id, (row.proposed_by,))
    row.decided_by, row.decided_at = actor.account_id, now
    due = clock.end_of(row.until_on)
    timers.schedule(session, "expire_debarment", due_at=due, district_code=row.district_code, debarment_id=row.id)
    _tell(session, row, events.DebarmentConfirmed)
    return queries.render(row)


def drop_debarment(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    debarment_id: str,
    finding: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """The proposal is not followed."""
    row = _take(session, actor, debarment_id, expected_version)
    row.status = domain.next_status(row.status, "drop")
    row.decided_by, row.finding, row.decided_at, row.ended_at = actor.account_id, finding, now, now
    _tell(session, row, events.DebarmentDropped)
    return queries.render(row)


def appeal_debarment(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    debarment_id: str,
    grounds: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """By the organisation, or the hub that cares for it, once; it stays barred meanwhile."""
    row = _take(session, actor, debarment_id, expected_version)
    if not known.acts_for(session, actor, row.organisation_id):
        raise ForbiddenError(ProjectsCode.PROPOSAL_NOT_YOURS)
    row.status = domain.next_status(row.status, "appeal")
    row.appeal, row.appealed_at = grounds, now
    _tell(session, row, events.DebarmentAppealed)
    return queries.render(row)


def uphold_debarment(
    session: Session, *, actor: Actor, debarment_id: str, finding: str, expected_version: int | None = None
) -> dict[str, Any]:
    """The appeal is heard by somebody who took no part in the decision, and dismissed."""
    row = _take(session, actor, debarment_id, expected_version)
    row.status = domain.next_status(row.status, "uphold")
    domain.check_another(actor.account_id, (row.proposed_by, row.decided_by))
    row.finding, row.settled_by = finding, actor.account_id
    _tell(session, row, events.DebarmentUpheld)
    return queries.render(row)


def lift_debarment(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    debarment_id: str,
    finding: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Before its time, by somebody who took no part in the decision."""
    row = _take(session, actor, debarment_id, expected_version)
    row.status = domain.next_status(row.status, "lift")
    domain.check_another(actor.account_id, (row.proposed_by, row.decided_by))
    row.finding, row.settled_by, row.ended_at = finding, actor.account_id, now
    _tell(session, row, events.DebarmentLifted, reason=finding)
    return queries.render(row)


def expire_debarment(session: Session, *, now: datetime, debarment_id: str) -> None:
    """Its last day is over (timer). One that was lifted meanwhile is left alone."""
    row = session.scalars(select(Debarment).where(Debarment.id == debarment_id).with_for_update()).one()
    if row.status not in domain.BARRING:
        return
    row.status, row.ended_at = domain.next_status(row.status, "expire"), now
    _tell(session, row, events.DebarmentExpired)


def _tell(session: Session, row: Debarment, struct: type[events.DebarmentFact], **facts: Any) -> None:
    session.flush()
    outbox.record(
        session,
        struct(
            debarment_id=row.id,
            organisation_id=row.organisation_id,
            from_on=row.from_on.isoformat(),
            until_on=row.until_on.isoformat(),
            street_codes=[row.street_code] if row.street_code else [],
            **facts,
        ),
    )
