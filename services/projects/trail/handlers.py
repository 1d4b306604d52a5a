"""What the trail hears."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis import clock, context
from chassis.events import Envelope
from services.projects.trail import actions


def on_event(session: Session, envelope: Envelope) -> None:
    """Every event of every service, in its aggregate's order."""
    actions.hear_event(session, envelope=envelope)


def on_event_discarded(session: Session, *, envelope: Envelope, reason: str) -> None:
    """An operator gave up what the trail could not take: its place in the aggregate's order is kept."""
    actions.discard_event(session, envelope=envelope, reason=reason)


def sign_heads(session: Session) -> None:
    """Periodic: keep a signed head of the log as it is."""
    district = context.of(session).actor.district_code
    actions.sign_current_head(session, district_code=district, now=clock.now(session, district))
