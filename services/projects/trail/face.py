"""The trail's two faces: the process that writes it, and the reads that projects answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.events import Envelope
from chassis.runtime.entrypoints import ANY_EVENT, command, every, on_event, rpc
from services.projects.trail import audits, handlers, head_queries, queries, timeline, witnessing

SIGN_EVERY_SECONDS = 10
TOGETHER = 500


class Trail:
    """The only writer: one consumer hears every event."""

    @on_event(ANY_EVENT, together=TOGETHER)
    def on_event(self, session: Session, envelopes: Sequence[Envelope]) -> None:
        handlers.on_events(session, envelopes)

    @every(seconds=SIGN_EVERY_SECONDS)
    def sign_trail_heads(self, session: Session) -> None:
        handlers.sign_heads(session)


class TrailReading:
    """Mixed into the projects service."""

    @rpc
    def list_trail_entries(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_trail_entries(session, actor=actor, **filters)

    @rpc
    def get_trail_timeline(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return timeline.get_trail_timeline(session, actor=actor, **filters)

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
    def list_trail_heads(self, session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
        return head_queries.list_trail_heads(session, actor=actor, **page)

    @rpc
    def get_trail_notice(self, session: Session, *, actor: Actor, size: int | None = None) -> dict[str, Any]:
        return head_queries.get_trail_notice(session, actor=actor, size=size)

    @rpc
    def list_trail_keys(self, session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
        return head_queries.list_trail_keys(session, actor=actor, **page)

    @rpc
    def list_seen_heads(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return head_queries.list_seen_heads(session, actor=actor, **filters)

    @rpc
    def list_trail_peers(self, session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
        return head_queries.list_trail_peers(session, actor=actor, **page)

    @rpc
    def list_trail_witnesses(self, session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
        return head_queries.list_trail_witnesses(session, actor=actor, **page)

    @command
    def add_trail_peer(self, session: Session, *, actor: Actor, **named: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return witnessing.add_trail_peer(session, actor=actor, now=now, **named)

    @command
    def cosign_trail_head(self, session: Session, *, actor: Actor, **head: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return witnessing.cosign_trail_head(session, actor=actor, now=now, **head)

    @command
    def start_trail_audit(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return audits.start_trail_audit(session, actor=actor)

    @rpc
    def list_trail_audits(self, session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
        return audits.list_trail_audits(session, actor=actor, **page)

    @rpc
    def get_trail_audit(self, session: Session, *, actor: Actor, audit_id: str) -> dict[str, Any]:
        return audits.get_trail_audit(session, actor=actor, audit_id=audit_id)

    @every(seconds=1800)
    def audit_trail_nightly(self, session: Session) -> None:
        audits.start_when_due(session)

    @rpc
    def get_consistency(
        self, session: Session, *, actor: Actor, first: int, second: int | None = None
    ) -> dict[str, Any]:
        return queries.get_consistency(session, actor=actor, first=first, second=second)
