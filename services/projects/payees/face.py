"""RPCs and commands of payee accounts."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.payees import actions, queries


class Payees:
    """Where organisations are paid."""

    @rpc
    def get_payee(self, session: Session, *, actor: Actor, payee_id: str) -> dict[str, Any]:
        return queries.get_payee(session, actor=actor, payee_id=payee_id)

    @rpc
    def list_payees(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_payees(session, actor=actor, **filters)

    @command
    def register_payee(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.register_payee(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def verify_payee(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.verify_payee(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def retire_payee(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.retire_payee(session, actor=actor, **given)
