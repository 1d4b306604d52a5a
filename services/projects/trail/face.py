"""The trail's two faces: the process that writes it, and the reads that projects answers."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.events import Envelope
from chassis.runtime.entrypoints import ANY_EVENT, every, on_event, rpc
from services.projects.trail import handlers, queries

SIGN_EVERY_SECONDS = 60


class Trail:
    """The only writer: one consumer hears every event."""

    @on_event(ANY_EVENT)
    def on_event(self, session: Session, event: Envelope, envelope: Envelope) -> None:
        handlers.on_event(session, envelope)

    @every(seconds=SIGN_EVERY_SECONDS)
    def sign_trail_heads(self, session: Session) -> None:
        handlers.sign_heads(session)


class TrailReading:
    """Mixed into the projects service."""

    @rpc
    def list_trail_entries(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_trail_entries(session, actor=actor, **filters)

    @rpc
    def get_trail_head(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.get_trail_head(session, actor=actor, now=clock.now(session, actor.district_code))

    @rpc
    def get_receipt(
        self, session: Session, *, actor: Actor, index: int | None = None, event_id: str | None = None
    ) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return queries.get_receipt(session, actor=actor, now=now, index=index, event_id=event_id)

    @rpc
    def get_consistency(
        self, session: Session, *, actor: Actor, first: int, second: int | None = None
    ) -> dict[str, Any]:
        return queries.get_consistency(session, actor=actor, first=first, second=second)
