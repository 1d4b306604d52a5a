"""RPCs, commands and the clock of recoveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.projects.recoveries import actions, queries


class Recoveries:
    """What must come back."""

    @rpc
    def get_recovery(self, session: Session, *, actor: Actor, recovery_id: str) -> dict[str, Any]:
        return queries.get_recovery(session, actor=actor, recovery_id=recovery_id)

    @rpc
    def list_recoveries(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_recoveries(session, actor=actor, **filters)

    @command
    def record_recovery(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.record_recovery(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def propose_write_off(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.propose_write_off(session, actor=actor, **given)

    @command
    def approve_write_off(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.approve_write_off(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def refuse_write_off(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.refuse_write_off(session, actor=actor, **given)

    @timer
    def remind_recovery(self, session: Session, *, actor: Actor, now: datetime, recovery_id: str, due_on: str) -> None:
        actions.remind_recovery(session, recovery_id=recovery_id, due_on=due_on)
