"""What the trail hears."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis import clock, context
from chassis.events import Envelope
from services.projects.trail import actions, signing


def on_events(session: Session, envelopes: Sequence[Envelope]) -> None:
    """Every event of every service, in its aggregate's order."""
    actions.hear_events(session, envelopes=envelopes)
    district = envelopes[0].district_code
    signing.sign_when_many(session, district_code=district, now=clock.now(session, district))


def on_event_discarded(session: Session, *, envelope: Envelope, reason: str) -> None:
    """An operator gave up what the trail could not take: its place in the aggregate's order is kept."""
    actions.discard_event(session, envelope=envelope, reason=reason)


def sign_heads(session: Session) -> None:
    """Periodic: keep a signed head of the log as it is, where one is due."""
    district = context.of(session).actor.district_code
    signing.sign_when_due(session, district_code=district, now=clock.now(session, district))
