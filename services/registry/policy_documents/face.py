"""Operations on policy documents."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.policy_documents import actions, queries


class PolicyDocuments:
    """Publish, revise, withdraw."""

    @command
    def publish_policy_document(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.publish_policy_document(session, actor=actor, now=now, **asked)

    @command
    def revise_policy_document(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.revise_policy_document(session, actor=actor, now=now, **asked)

    @command
    def withdraw_policy_document(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.withdraw_policy_document(session, actor=actor, **asked)

    @rpc
    def get_policy_document(self, session: Session, *, actor: Actor, document_id: str) -> dict[str, Any]:
        return queries.get_policy_document(session, actor=actor, document_id=document_id)

    @rpc
    def list_policy_documents(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_policy_documents(session, actor=actor, **asked)
