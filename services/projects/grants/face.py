"""RPCs of open data."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import rpc
from services.projects.grants import queries


class Grants:
    """Awards in the words of 360Giving."""

    @rpc
    def list_grants(self, session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
        return queries.list_grants(session, actor=actor, **page)

    @rpc
    def get_grants_file(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.get_grants_file(session, actor=actor, now=clock.now(session, actor.district_code))
