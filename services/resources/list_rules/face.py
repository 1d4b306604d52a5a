"""Operations on the district's numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.resources.list_rules import actions, queries


class ListRules:
    """Numbers of the one list, the census, the talent grid and dispatch."""

    @rpc
    def list_one_list_rules(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.list_one_list_rules(session, actor=actor)

    @command
    def set_one_list_rule(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.set_one_list_rule(session, actor=actor, now=clock.now(session, actor.district_code), **asked)
