"""Matching's operations."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc
from services.resources.matching import actions, bundles, queries, results


class Matching:
    """Matching rounds."""

    @command
    def create_matching_round(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.create_matching_round(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def solve_matching_round(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.solve_matching_round(session, actor=actor, **asked)

    @command
    def cancel_matching_solution(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.cancel_matching_solution(session, actor=actor, **asked)

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

    @rpc
    def get_matching_bundle(self, session: Session, *, actor: Actor, matching_round_id: str) -> dict[str, Any]:
        return bundles.get_matching_bundle(session, actor=actor, matching_round_id=matching_round_id)

    @rpc
    def list_bundle_names(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return bundles.list_bundle_names(session, actor=actor, **asked)
