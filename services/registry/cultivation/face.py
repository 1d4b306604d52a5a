"""Operations on the key-cultivation list."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.cultivation import actions, computing, queries


class Cultivation:
    """Draft, compute, decide by hand, publish, compare."""

    @command
    def draft_cultivation_list(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.draft_cultivation_list(session, actor=actor, now=now, **asked)

    @command
    def compute_cultivation_list(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return computing.compute_cultivation_list(session, actor=actor, now=now, **asked)

    @command
    def add_cultivation_entry(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.add_cultivation_entry(session, actor=actor, **asked)

    @command
    def remove_cultivation_entry(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.remove_cultivation_entry(session, actor=actor, **asked)

    @command
    def publish_cultivation_list(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.publish_cultivation_list(session, actor=actor, now=now, **asked)

    @command
    def abandon_cultivation_list(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.abandon_cultivation_list(session, actor=actor, **asked)

    @rpc
    def get_cultivation_list(self, session: Session, *, actor: Actor, list_id: str) -> dict[str, Any]:
        return queries.get_cultivation_list(session, actor=actor, list_id=list_id)

    @rpc
    def list_cultivation_lists(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_cultivation_lists(session, actor=actor, **asked)

    @rpc
    def list_cultivation_entries(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_cultivation_entries(session, actor=actor, **asked)

    @rpc
    def compare_cultivation_list(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.compare_cultivation_list(session, actor=actor, **asked)
