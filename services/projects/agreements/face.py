"""RPCs and commands of agreements."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.agreements import actions, queries


class Agreements:
    """Versions, signatures, changes."""

    @rpc
    def get_agreement(self, session: Session, *, actor: Actor, agreement_id: str) -> dict[str, Any]:
        return queries.get_agreement(session, actor=actor, agreement_id=agreement_id)

    @rpc
    def list_agreements(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_agreements(session, actor=actor, **given)

    @command
    def sign_agreement(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.sign_agreement(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def propose_agreement_change(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.propose_agreement_change(session, actor=actor, now=now, **given)

    @command
    def withdraw_agreement_change(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.withdraw_agreement_change(session, actor=actor, **given)
