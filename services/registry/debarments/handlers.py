"""News from projects: debarments, in whatever order they come."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, timers
from chassis.events import Envelope
from contracts.projects.events_money import DebarmentConfirmed, DebarmentExpired, DebarmentFact, DebarmentLifted
from services.registry.debarments import actions
from services.registry.debarments.models import KnownDebarment


def on_debarment_confirmed(session: Session, event: DebarmentConfirmed, envelope: Envelope) -> None:
    """It begins now, or by the clock on its first day."""
    _keep(session, event, envelope, status="waiting")
    now = clock.now(session, envelope.district_code)
    first = date.fromisoformat(event.from_on)
    if first <= clock.day_of(now):
        actions.begin_debarment(session, debarment_id=event.debarment_id, now=now)
        return
    about = {"district_code": envelope.district_code, "debarment_id": event.debarment_id}
    timers.schedule(session, "begin_debarment", due_at=clock.end_of(first - timedelta(days=1)), **about)


def on_debarment_ended(session: Session, event: DebarmentLifted | DebarmentExpired, envelope: Envelope) -> None:
    """Its end may overtake its beginning: then it never begins."""
    _keep(session, event, envelope, status="ended")
    now = clock.now(session, envelope.district_code)
    actions.end_debarment(session, debarment_id=event.debarment_id, now=now)


def _keep(session: Session, event: DebarmentFact, envelope: Envelope, *, status: str) -> None:
    """The row, where this is the first news of it."""
    made = insert(KnownDebarment).values(
        id=event.debarment_id,
        district_code=envelope.district_code,
        street_code=event.street_codes[0] if len(event.street_codes) == 1 else None,
        organisation_id=event.organisation_id,
        status=status,
        from_on=date.fromisoformat(event.from_on),
        until_on=date.fromisoformat(event.until_on),
        sets_breach=False,
    )
    session.execute(made.on_conflict_do_nothing())
