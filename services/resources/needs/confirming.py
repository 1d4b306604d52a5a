"""Old needs are asked after: does it still stand? Unanswered, they are closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from chassis import clock, timers
from contracts.resources import events
from contracts.resources.events_stock import NeedConfirmationDue
from services.resources.allocations import leftovers
from services.resources.needs import domain
from services.resources.needs.models import Need
from services.resources.needs.telling import tell
from services.resources.policy.queries import get_policy


def stand(session: Session, need: Need, now: datetime) -> None:
    """As of today it stands. The clock of an earlier day sees by ``since`` that it is no longer meant."""
    need.confirmed_on, need.confirm_by = clock.day_of(now), None
    due = now + timedelta(days=get_policy(session, need.district_code).need_confirm_days)
    if due < clock.end_of(need.due_on):
        _schedule(session, "ask_need", need, due)


def ask_need(session: Session, *, now: datetime, need_id: str, since: str) -> None:
    """It is long since anybody said that it stands (timer)."""
    need = _meant(session, need_id, since)
    if need is None:
        return
    due = now + timedelta(days=get_policy(session, need.district_code).need_grace_days)
    need.confirm_by = clock.day_of(due)
    _schedule(session, "drop_need", need, due)
    tell(session, need, NeedConfirmationDue, confirm_by=need.confirm_by.isoformat())


def drop_need(session: Session, *, now: datetime, need_id: str, since: str) -> None:
    """Nobody answered (timer). While something is on its way it is looked at again a day later."""
    need = _meant(session, need_id, since)
    if need is None:
        return
    if need.allotted:
        _schedule(session, "drop_need", need, now + timedelta(days=1))
        return
    need.status = domain.next_status(need.status, "close")
    leftovers.clear_later(session, need.district_code, need_id=need.id)
    tell(session, need, events.NeedClosedUnmet, reason="not_confirmed")


def _meant(session: Session, need_id: str, since: str) -> Need | None:
    need = session.get(Need, need_id, with_for_update=True)
    if need is None or need.status not in domain.MATCHABLE or need.confirmed_on is None:
        return None
    return need if need.confirmed_on.isoformat() == since else None


def _schedule(session: Session, name: str, need: Need, due: datetime) -> None:
    since = need.confirmed_on.isoformat() if need.confirmed_on else ""
    timers.schedule(session, name, due_at=due, district_code=need.district_code, need_id=need.id, since=since)
