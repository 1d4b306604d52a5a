"""Operations on API keys."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.api_keys import actions, queries


class ApiKeys:
    """Keys of machines: on the system clock, like every credential."""

    @command
    def issue_api_key(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.issue_api_key(session, actor=actor, now=clock.system_now(), **asked)

    @command
    def rotate_api_key(self, session: Session, *, actor: Actor, api_key_id: str) -> dict[str, Any]:
        return actions.rotate_api_key(session, actor=actor, api_key_id=api_key_id, now=clock.system_now())

    @command
    def revoke_api_key(self, session: Session, *, actor: Actor, api_key_id: str) -> dict[str, Any]:
        return actions.revoke_api_key(session, actor=actor, api_key_id=api_key_id, now=clock.system_now())

    @rpc
    def get_api_key(self, session: Session, *, actor: Actor, api_key_id: str) -> dict[str, Any]:
        return queries.get_api_key(session, actor=actor, api_key_id=api_key_id)

    @rpc
    def list_api_keys(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_api_keys(session, actor=actor, **asked)

    @command
    def exchange_api_key(self, session: Session, *, actor: Actor, api_key: str) -> dict[str, Any]:
        return actions.exchange_api_key(session, actor=actor, api_key=api_key, now=clock.system_now())
