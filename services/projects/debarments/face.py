"""RPCs, commands and the clock of debarments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.projects.debarments import actions, queries

View = dict[str, Any]


class Debarments:
    """Who is barred, and until when."""

    @rpc
    def get_debarment(self, session: Session, *, actor: Actor, debarment_id: str) -> View:
        return queries.get_debarment(session, actor=actor, debarment_id=debarment_id)

    @rpc
    def list_debarments(self, session: Session, *, actor: Actor, **filters: Any) -> View:
        return queries.list_debarments(session, actor=actor, **filters)

    @command
    def propose_debarment(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.propose_debarment(session, actor=actor, now=_now(session, actor), **given)

    @command
    def confirm_debarment(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.confirm_debarment(session, actor=actor, now=_now(session, actor), **given)

    @command
    def drop_debarment(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.drop_debarment(session, actor=actor, now=_now(session, actor), **given)

    @command
    def appeal_debarment(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.appeal_debarment(session, actor=actor, now=_now(session, actor), **given)

    @command
    def uphold_debarment(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.uphold_debarment(session, actor=actor, **given)

    @command
    def lift_debarment(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.lift_debarment(session, actor=actor, now=_now(session, actor), **given)

    @timer
    def expire_debarment(self, session: Session, *, actor: Actor, now: datetime, debarment_id: str) -> None:
        actions.expire_debarment(session, now=now, debarment_id=debarment_id)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
