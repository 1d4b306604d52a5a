"""Operations on policy data."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.policies import actions, queries


class Policies:
    """list_policies, set_policy."""

    @rpc
    def list_policies(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.list_policies(session, district_code=actor.district_code)

    @command
    def set_policy(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.set_policy(session, actor=actor, now=clock.now(session, actor.district_code), **asked)
