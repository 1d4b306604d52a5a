"""Operations of the kept market."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.runtime import rpc
from services.resources.live import queries


class Live:
    """get_live_market."""

    @rpc
    def get_live_market(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.get_live_market(session, actor=actor)
