"""Operations on rulebooks."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.rulebooks import actions, queries


class Rulebooks:
    """Draft, revise, publish, retire; rubrics and cultivation rules alike."""

    @command
    def draft_rubric(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.draft(session, actor=actor, now=now, kind="rubric", **asked)

    @command
    def revise_rubric(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.revise(session, actor=actor, kind="rubric", **asked)

    @command
    def draft_cultivation_rule(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.draft(session, actor=actor, now=now, kind="cultivation", **asked)

    @command
    def revise_cultivation_rule(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.revise(session, actor=actor, kind="cultivation", **asked)

    @command
    def publish_rulebook(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.publish(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def retire_rulebook(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.retire(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def get_rulebook(self, session: Session, *, actor: Actor, rulebook_id: str) -> dict[str, Any]:
        return queries.get_rulebook(session, actor=actor, rulebook_id=rulebook_id)

    @rpc
    def list_rulebooks(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_rulebooks(session, actor=actor, **asked)
