"""Writes of hub programmes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts import roles
from contracts.registry.codes_training import TrainingCode
from contracts.registry.events_training import ProgrammeAdvanced, ProgrammeDrafted, ProgrammeVisitLinked
from services.registry import scope
from services.registry.centres import queries as centres
from services.registry.organisations.models import Organisation
from services.registry.places.queries import check_streets
from services.registry.programmes import domain, queries
from services.registry.programmes.models import Programme, ProgrammeVisit
from services.registry.rulebooks.domain import check_different
from services.registry.told import streets
from services.registry.visits.actions import take_visit


def hub_of(session: Session, actor: Actor, hub_id: str | None) -> str:
    """A hub acts for itself; staff name an active hub they may see."""
    if actor.role == roles.HUB:
        hub_id = actor.organisation_id
    statement = db.scoped(select(Organisation.id), Organisation, actor).where(
        Organisation.id == hub_id, Organisation.kind == "hub", Organisation.status == "active"
    )
    found: str | None = session.scalars(statement).one_or_none()
    if found is None:
        raise InvalidError(TrainingCode.PROGRAMME_HUB_INVALID)
    return found


def draft_programme(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    street_code: str,
    starts_on: date,
    ends_on: date,
    goals: list[dict[str, Any]],
    hub_id: str | None = None,
    **told: Any,
) -> dict[str, Any]:
    """Of one hub for one street."""
    db.check_street(actor, street_code)
    check_streets(session, actor.district_code, [street_code])
    domain.check_period(starts_on, ends_on)
    check_different([goal["code"] for goal in goals])
    row = Programme(
        district_code=actor.district_code,
        street_code=street_code,
        hub_id=hub_of(session, actor, hub_id),
        goals=goals,
        starts_on=starts_on,
        ends_on=ends_on,
        status="draft",
        created_at=now,
        **told,
    )
    session.add(row)
    session.flush()
    outbox.record(session, _drafted(row))
    return queries.render(session, row)


def _drafted(row: Programme) -> ProgrammeDrafted:
    return ProgrammeDrafted(
        programme_id=row.id,
        hub_id=row.hub_id,
        starts_on=row.starts_on.isoformat(),
        ends_on=row.ends_on.isoformat(),
        budget_fen=row.budget_fen,
        award_id=row.award_id,
        street_codes=streets(row),
    )


def advance_programme(
    session: Session,
    *,
    actor: Actor,
    action: str,
    programme_id: str,
    reason: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """start, close or cancel; a hub whose entrustment has ended may still be let go of its programme."""
    row = _take(session, actor, programme_id, expected_version)
    row.status = domain.next_status(row.status, action)
    if action == "start":
        check_entrusted(session, row)
    row.closing_reason = reason
    session.flush()
    record = ProgrammeAdvanced(
        programme_id=row.id, hub_id=row.hub_id, action=action, status=row.status, street_codes=streets(row)
    )
    outbox.record(session, record)
    return queries.render(session, row)


def check_entrusted(session: Session, row: Programme) -> None:
    """Today, with the programme's street."""
    today = clock.today(session, row.district_code)
    about = {"hub_id": row.hub_id, "street_code": row.street_code}
    found = row.street_code is not None and centres.is_entrusted(
        session, row.district_code, hub_id=row.hub_id, street_code=row.street_code, on=today
    )
    domain.check_entrusted(found, **about)


def link_programme_visit(session: Session, *, actor: Actor, programme_id: str, visit_id: str) -> dict[str, Any]:
    """A visit counts once, towards a programme of its street."""
    row = _take(session, actor, programme_id)
    row.status = domain.next_status(row.status, "link")
    check_entrusted(session, row)
    visit = take_visit(session, actor, visit_id)
    if visit.street_code != row.street_code:
        raise ConflictError(TrainingCode.PROGRAMME_VISIT_FOREIGN)
    if session.scalars(select(ProgrammeVisit.id).filter_by(visit_id=visit.id)).first() is not None:
        raise ConflictError(TrainingCode.PROGRAMME_VISIT_LINKED)
    place = {"district_code": row.district_code, "street_code": row.street_code}
    session.add(ProgrammeVisit(**place, programme_id=row.id, visit_id=visit.id))
    session.flush()
    record = ProgrammeVisitLinked(programme_id=row.id, visit_id=visit.id, street_codes=streets(row))
    outbox.record(session, record)
    return queries.render(session, row)


def _take(session: Session, actor: Actor, programme_id: str, expected: int | None = None) -> Programme:
    code, column = TrainingCode.PROGRAMME_NOT_FOUND, Programme.hub_id
    return scope.take(session, Programme, programme_id, actor, code, column=column, expected=expected)
