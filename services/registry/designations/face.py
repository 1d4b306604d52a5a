"""Operations on designations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.registry.designations import actions, queries


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class Designations:
    """Propose, grant, refuse, withdraw, revoke; they expire by themselves."""

    @command
    def propose_designation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.propose_designation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def grant_designation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.grant_designation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def refuse_designation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.end_designation(session, actor=actor, now=_now(session, actor), action="refuse", **asked)

    @command
    def withdraw_designation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.end_designation(session, actor=actor, now=_now(session, actor), action="withdraw", **asked)

    @command
    def revoke_designation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.end_designation(session, actor=actor, now=_now(session, actor), action="revoke", **asked)

    @rpc
    def get_designation(self, session: Session, *, actor: Actor, designation_id: str) -> dict[str, Any]:
        return queries.get_designation(session, actor=actor, designation_id=designation_id)

    @rpc
    def list_designations(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        today = clock.today(session, actor.district_code)
        return queries.list_designations(session, actor=actor, today=today, **asked)

    @timer
    def expire_designation(self, session: Session, *, actor: Actor, now: datetime, designation_id: str) -> None:
        actions.expire_designation(session, now=now, designation_id=designation_id)
