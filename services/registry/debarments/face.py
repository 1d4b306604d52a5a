"""Handlers and the clock of the mirror of debarments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.events import Envelope
from chassis.runtime.entrypoints import on_event, timer
from contracts.projects.events_money import DebarmentConfirmed, DebarmentExpired, DebarmentLifted
from services.registry.debarments import actions, handlers


class DebarmentMirror:
    """Who is barred, as projects decided it."""

    @on_event(DebarmentConfirmed)
    def on_debarment_confirmed(self, session: Session, event: DebarmentConfirmed, envelope: Envelope) -> None:
        handlers.on_debarment_confirmed(session, event, envelope)

    @on_event(DebarmentLifted)
    def on_debarment_lifted(self, session: Session, event: DebarmentLifted, envelope: Envelope) -> None:
        handlers.on_debarment_ended(session, event, envelope)

    @on_event(DebarmentExpired)
    def on_debarment_expired(self, session: Session, event: DebarmentExpired, envelope: Envelope) -> None:
        handlers.on_debarment_ended(session, event, envelope)

    @timer
    def begin_debarment(self, session: Session, *, actor: Actor, now: datetime, debarment_id: str) -> None:
        actions.begin_debarment(session, debarment_id=debarment_id, now=now)
