"""Operations on registration readiness."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.readiness import actions, queries


class Readiness:
    """Declared facts, the conditions, and the checklist of both."""

    @command
    def declare_readiness(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.declare_readiness(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def get_readiness_declaration(self, session: Session, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
        return queries.get_readiness_declaration(session, actor=actor, organisation_id=organisation_id)

    @rpc
    def get_registration_readiness(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        today = clock.today(session, actor.district_code)
        return queries.get_registration_readiness(session, actor=actor, today=today, **asked)

    @command
    def set_readiness_rules(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.set_readiness_rules(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def get_readiness_rules(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        today = clock.today(session, actor.district_code)
        return queries.get_readiness_rules(session, actor=actor, today=today, **asked)
