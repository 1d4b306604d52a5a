"""Operations on duplicates."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.duplicates import actions, queries


class Duplicates:
    """Candidates of one organisation, the worklist, and the decisions about it."""

    @rpc
    def list_organisation_duplicates(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_organisation_duplicates(session, actor=actor, **asked)

    @rpc
    def list_duplicate_pairs(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_duplicate_pairs(session, actor=actor, **asked)

    @rpc
    def get_duplicate_pair(self, session: Session, *, actor: Actor, pair_id: str) -> dict[str, Any]:
        return queries.get_duplicate_pair(session, actor=actor, pair_id=pair_id)

    @command
    def dismiss_duplicate(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.dismiss_duplicate(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def reopen_duplicate(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.reopen_duplicate(session, actor=actor, now=clock.now(session, actor.district_code), **asked)
