"""Operations on merges."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.merges import actions, queries


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class Merges:
    """propose, approve, reject, withdraw, undo; get and list."""

    @command
    def propose_merge(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.propose_merge(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def approve_merge(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.approve_merge(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def reject_merge(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.close_merge(session, actor=actor, now=_now(session, actor), action="reject", **asked)

    @command
    def withdraw_merge(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.close_merge(session, actor=actor, now=_now(session, actor), action="withdraw", **asked)

    @command
    def undo_merge(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.undo_merge(session, actor=actor, now=_now(session, actor), **asked)

    @rpc
    def get_merge(self, session: Session, *, actor: Actor, merge_id: str) -> dict[str, Any]:
        return queries.get_merge(session, actor=actor, merge_id=merge_id)

    @rpc
    def list_merges(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_merges(session, actor=actor, **asked)
