"""Writes of needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, db, timers
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.resources import events
from contracts.resources.codes import ResourcesCode
from contracts.resources.events_stock import NeedConfirmed
from services.resources.allocations import leftovers
from services.resources.drafting.lookups import Lookups
from services.resources.known import queries as known
from services.resources.needs import confirming, domain, drafting, queries
from services.resources.needs import domain_residents as residents
from services.resources.needs.models import Need
from services.resources.needs.rendering import render, standing_of
from services.resources.needs.telling import tell

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
    known = Lookups(session, actor)
    need = drafting.draft(known, now=now, asked=asked)
    drafting.store(session, [need])
    return render(session, need, actor)


def step_need(
    session: Session, *, actor: Actor, now: datetime, need_id: str, expected_version: int | None, action: str
) -> dict[str, Any]:
    """``verify`` (staff) or ``open``; opening sets the clock of the deadline."""
    need = hold(session, actor, need_id, expected_version, action)
    need.status = domain.next_status(need.status, action)
    if need.organisation_id is None:
        residents.check_shaped(taken_on=need.taken_on_at is not None, shaped=need.shaped_at is not None)
    if action == "open":
        due = clock.end_of(need.due_on)
        if due <= now:
            raise ConflictError(ResourcesCode.NEED_DEADLINE_PASSED)
        timers.schedule(session, "lapse_need", due_at=due, district_code=need.district_code, need_id=need.id)
        confirming.stand(session, need, now)
    tell(session, need, STATUS_EVENTS[need.status])
    return render(session, need, actor)


def end_need(
    session: Session, *, actor: Actor, need_id: str, expected_version: int | None, reason: str, action: str
) -> dict[str, Any]:
    """``close`` (a rest stays unmet) or ``cancel``; nothing may be on its way."""
    need = hold(session, actor, need_id, expected_version, action)
    status = domain.next_status(need.status, action)
    if need.allotted:
        raise ConflictError(ResourcesCode.NEED_STILL_ALLOTTED, allotted=need.allotted)
    need.status = status
    leftovers.clear_later(session, need.district_code, need_id=need.id)
    tell(session, need, STATUS_EVENTS[status], reason=reason)
    return render(session, need, actor)


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
    leftovers.clear_later(session, need.district_code, need_id=need.id)
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


def confirm_need(
    session: Session, *, actor: Actor, now: datetime, need_id: str, expected_version: int | None
) -> dict[str, Any]:
    """It still stands; it is asked after again when that is long ago."""
    need = hold(session, actor, need_id, expected_version, "confirm")
    domain.check_live(need.status)
    confirming.stand(session, need, now)
    tell(session, need, NeedConfirmed)
    return render(session, need, actor)


def hold(session: Session, actor: Actor, need_id: str, expected_version: int | None, action: str) -> Need:
    """The need, locked, of whoever may take this step."""
    need = queries.find_need(session, need_id, actor, lock=True)
    db.check_street(actor, need.street_code)
    if need.organisation_id is None:
        residents.check_may(actor, standing_of(need), action)
    else:
        known.check_own(session, actor, need.organisation_id)
    db.check_version(need, expected_version)
    return need
