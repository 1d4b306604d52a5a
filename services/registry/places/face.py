"""Operations on places."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.runtime.entrypoints import rpc
from services.registry.places import queries


class Places:
    """list_places, get_place."""

    @rpc
    def list_places(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_places(session, actor=actor, **asked)

    @rpc
    def get_place(self, session: Session, *, actor: Actor, code: str) -> dict[str, Any]:
        return queries.get_place(session, actor=actor, code=code)
