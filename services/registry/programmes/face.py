"""Operations on hub programmes."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.programmes import actions, queries


class Programmes:
    """Draft, start, count visits, close."""

    @command
    def draft_programme(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.draft_programme(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def start_programme(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.advance_programme(session, actor=actor, action="start", **asked)

    @command
    def link_programme_visit(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.link_programme_visit(session, actor=actor, **asked)

    @command
    def close_programme(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.advance_programme(session, actor=actor, action="close", **asked)

    @command
    def cancel_programme(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.advance_programme(session, actor=actor, action="cancel", **asked)

    @rpc
    def get_programme(self, session: Session, *, actor: Actor, programme_id: str) -> dict[str, Any]:
        return queries.get_programme(session, actor=actor, programme_id=programme_id)

    @rpc
    def list_programmes(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_programmes(session, actor=actor, **asked)
