"""Operations on guidance: reads only."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import rpc
from services.registry.guidance import queries


class Guidance:
    """get_guidance, list_guidance_rules."""

    @rpc
    def get_guidance(self, session: Session, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
        today = clock.today(session, actor.district_code)
        return queries.get_guidance(session, actor=actor, organisation_id=organisation_id, today=today)

    @rpc
    def list_guidance_rules(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.list_guidance_rules()
