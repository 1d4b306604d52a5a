"""Matching's operations."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc
from services.resources.matching import actions, queries, results


class Matching:
    """Suggestions and matching rounds."""

    @rpc
    def list_suggestions(self, session: Session, *, actor: Actor, need_id: str, limit: int) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return queries.list_suggestions(session, actor=actor, now=now, need_id=need_id, limit=limit)

    @command
    def create_matching_round(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.create_matching_round(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def solve_matching_round(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.solve_matching_round(session, actor=actor, **asked)

    @command
    def close_matching_round(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.close_matching_round(session, actor=actor, **asked)

    @rpc
    def get_matching_round(self, session: Session, *, actor: Actor, matching_round_id: str) -> dict[str, Any]:
        return queries.get_matching_round(session, actor=actor, matching_round_id=matching_round_id)

    @rpc
    def list_matching_rounds(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_matching_rounds(session, actor=actor, **filters)

    @rpc
    def list_matching_results(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return results.list_matching_results(session, actor=actor, **filters)
