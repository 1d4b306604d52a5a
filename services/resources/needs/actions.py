"""Writes of needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, db, ids, outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts.resources import events
from contracts.resources.codes import ResourcesCode
from services.resources.known import domain as parties
from services.resources.known import queries as known
from services.resources.known.models import KnownOrganisation, KnownProject
from services.resources.needs import domain, queries
from services.resources.needs.models import Need
from services.resources.offers.domain import measure

STATUS_EVENTS: dict[str, type[events.NeedFact]] = {
    domain.VERIFIED: events.NeedVerified,
    domain.OPEN: events.NeedOpened,
    domain.PARTLY: events.NeedPartlyMet,
    domain.MET: events.NeedMet,
    domain.UNMET: events.NeedClosedUnmet,
    domain.CANCELLED: events.NeedCancelled,
}


def draft_need(session: Session, *, actor: Actor, now: datetime, asked: dict[str, Any]) -> dict[str, Any]:
    """Write down a need; place and fields default to those of the project, then of the organisation."""
    project_id, street_code = asked.pop("project_id"), asked.pop("street_code")
    project = known.get_project(session, project_id, actor) if project_id else None
    organisation_id = _needer(session, actor, asked.pop("organisation_id"), project)
    organisation = known.find_organisation(session, organisation_id)
    quantity, unit = measure(asked)
    if clock.end_of(asked["due_on"]) <= now:
        raise InvalidError(ResourcesCode.NEED_DEADLINE_PASSED)
    street = parties.home_street(actor, street_code, *(fact.street_code for fact in (project, organisation) if fact))
    db.check_street(actor, street)
    for spent in ("amount_fen", "hours", "quantity", "unit"):
        asked.pop(spent)
    asked["fields_of_work"] = asked["fields_of_work"] or _fields(project, organisation)
    need = Need(
        id=ids.new_id("ned"),
        district_code=actor.district_code,
        street_code=street,
        organisation_id=organisation_id,
        project_id=project_id,
        status=domain.DRAFT,
        quantity=quantity,
        allotted=0,
        received=0,
        unit=unit,
        created_at=now,
        **asked,
    )
    session.add(need)
    tell(session, need, events.NeedDrafted)
    return queries.render(session, need)


def step_need(
    session: Session, *, actor: Actor, now: datetime, need_id: str, expected_version: int | None, action: str
) -> dict[str, Any]:
    """``verify`` (staff) or ``open``; opening sets the clock of the deadline."""
    need = _hold(session, actor, need_id, expected_version)
    need.status = domain.next_status(need.status, action)
    if action == "open":
        due = clock.end_of(need.due_on)
        if due <= now:
            raise ConflictError(ResourcesCode.NEED_DEADLINE_PASSED)
        timers.schedule(session, "lapse_need", due_at=due, district_code=need.district_code, need_id=need.id)
    tell(session, need, STATUS_EVENTS[need.status])
    return queries.render(session, need)


def end_need(
    session: Session, *, actor: Actor, need_id: str, expected_version: int | None, reason: str, action: str
) -> dict[str, Any]:
    """``close`` (a rest stays unmet) or ``cancel``; nothing may be on its way."""
    need = _hold(session, actor, need_id, expected_version)
    status = domain.next_status(need.status, action)
    if need.allotted:
        raise ConflictError(ResourcesCode.NEED_STILL_ALLOTTED, allotted=need.allotted)
    need.status = status
    tell(session, need, STATUS_EVENTS[status], reason=reason)
    return queries.render(session, need)


def lapse_need(session: Session, *, now: datetime, need_id: str) -> None:
    """The deadline passed (timer). While something is on its way the question is asked again a day later."""
    need = session.get(Need, need_id, with_for_update=True)
    if need is None or need.status not in domain.MATCHABLE:
        return
    if need.allotted:
        again = now + timedelta(days=1)
        timers.schedule(session, "lapse_need", due_at=again, district_code=need.district_code, need_id=need.id)
        return
    need.status = domain.next_status(need.status, "close")
    tell(session, need, events.NeedClosedUnmet, reason="deadline")


def counters(need: Need) -> domain.Counters:
    """The row's counters."""
    return domain.Counters(quantity=need.quantity, allotted=need.allotted, received=need.received)


def allot(need: Need, count: int) -> None:
    """Something is on its way; the caller holds the row's lock."""
    if need.status not in domain.MATCHABLE:
        raise ConflictError(ResourcesCode.NEED_WRONG_STATUS, status=need.status, action="allot")
    need.allotted = counters(need).allot(count).allotted


def settle(session: Session, need: Need, *, allotted: int, received: int) -> None:
    """An allocation ended or was acknowledged; ``received`` negative takes back. The caller holds the row's lock."""
    new = counters(need).settle(allotted=allotted, received=received)
    need.allotted, need.received = new.allotted, new.received
    if received:
        more = "receive_all" if new.received == need.quantity else "receive_part"
        before, need.status = need.status, domain.next_status(need.status, more if received > 0 else "take_back")
        if need.status != before or received > 0:
            tell(session, need, STATUS_EVENTS[need.status])


def tell(session: Session, need: Need, kind: type[events.NeedFact], **extra: Any) -> None:
    """Record an event of the need."""
    fact = kind(
        street_codes=[need.street_code] if need.street_code else [],
        need_id=need.id,
        organisation_id=need.organisation_id,
        kind=need.kind,
        quantity=need.quantity,
        received=need.received,
        unit=need.unit,
        project_id=need.project_id,
        **extra,
    )
    outbox.record(session, fact)


def _needer(session: Session, actor: Actor, organisation_id: str | None, project: KnownProject | None) -> str:
    needer = organisation_id or (project.organisation_id if project else None) or actor.organisation_id
    if needer is None:
        raise InvalidError(ResourcesCode.NEED_INCOMPLETE, missing="organisation_id")
    known.check_own(session, actor, needer)
    if project is not None and project.organisation_id != needer:
        raise InvalidError(ResourcesCode.PROJECT_UNKNOWN, project_id=project.id)
    if not parties.is_bound(actor):
        known.get_organisation(session, needer, actor)
    return needer


def _fields(project: KnownProject | None, organisation: KnownOrganisation | None) -> list[str]:
    if project is not None and project.fields_of_work:
        return list(project.fields_of_work)
    return list(organisation.fields_of_work) if organisation is not None else []


def _hold(session: Session, actor: Actor, need_id: str, expected_version: int | None) -> Need:
    need = queries.find_need(session, need_id, actor, lock=True)
    db.check_street(actor, need.street_code)
    known.check_own(session, actor, need.organisation_id)
    db.check_version(need, expected_version)
    return need
