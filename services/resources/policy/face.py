"""RPC and command of the district's numbers for offers and needs."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc
from services.resources.policy import actions, queries


class Policy:
    """The district's numbers for offers and needs."""

    @rpc
    def get_resources_policy(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.get_resources_policy(session, actor=actor)

    @command
    def change_resources_policy(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.change_resources_policy(session, actor=actor, now=now, **given)
