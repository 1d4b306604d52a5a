"""Operations on integrations."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.integrations import actions, queries


class Integrations:
    """Grants to machines: on the system clock, like every credential."""

    @command
    def grant_integration(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.grant_integration(session, actor=actor, now=clock.system_now(), **asked)

    @command
    def withdraw_integration(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.withdraw_integration(session, actor=actor, now=clock.system_now(), **asked)

    @rpc
    def get_integration(self, session: Session, *, actor: Actor, integration_id: str) -> dict[str, Any]:
        return queries.get_integration(session, actor=actor, integration_id=integration_id)

    @rpc
    def list_integrations(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_integrations(session, actor=actor, **asked)
