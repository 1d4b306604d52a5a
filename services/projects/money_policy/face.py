"""RPC and command of the money policy."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.money_policy import actions, queries


class MoneyRules:
    """The district's numbers for money."""

    @rpc
    def get_money_policy(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.get_money_policy(session, actor=actor)

    @command
    def change_money_policy(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.change_money_policy(session, actor=actor, **given)
