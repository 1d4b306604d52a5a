"""The registry's dashboard."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.runtime.entrypoints import rpc
from services.registry.dashboard import queries


class Dashboard:
    """get_registry_dashboard."""

    @rpc
    def get_registry_dashboard(
        self, session: Session, *, actor: Actor, street_code: str | None = None
    ) -> dict[str, Any]:
        return queries.get_registry_dashboard(session, actor=actor, street_code=street_code)
