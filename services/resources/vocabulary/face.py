"""The vocabulary's operations."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc
from services.resources.vocabulary import actions, domain, queries


class VocabularyFace:
    """Words and what they mean."""

    @rpc
    def get_vocabulary(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.get_vocabulary(session, actor=actor)

    @rpc
    def list_concepts(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_concepts(session, actor=actor, **filters)

    @rpc
    def list_vocabulary_edits(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_vocabulary_edits(session, actor=actor, **filters)

    @rpc
    def tag_text(self, session: Session, *, actor: Actor, text: str) -> dict[str, Any]:
        return queries.tag_text(session, actor=actor, text=text)

    @command
    def add_synonym(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.edit_vocabulary(session, actor=actor, now=now, action=domain.ADD, **asked)

    @command
    def retire_synonym(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.edit_vocabulary(session, actor=actor, now=now, action=domain.RETIRE, **asked)
