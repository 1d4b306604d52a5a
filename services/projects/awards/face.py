"""RPCs and commands of awards and their tranches."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.awards import actions, queries


class Awards:
    """Awards, tranches, what came back."""

    @rpc
    def get_award(self, session: Session, *, actor: Actor, award_id: str) -> dict[str, Any]:
        return queries.get_award(session, actor=actor, award_id=award_id)

    @rpc
    def list_awards(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_awards(session, actor=actor, **filters)

    @command
    def pay_tranche(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.pay_tranche(session, actor=actor, now=now, **given)

    @rpc
    def get_tranche(self, session: Session, *, actor: Actor, tranche_id: str) -> dict[str, Any]:
        return queries.get_tranche(session, actor=actor, tranche_id=tranche_id)

    @command
    def return_unspent(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.return_unspent(session, actor=actor, now=now, **given)
