"""The RPC of the projects dashboard."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.runtime.entrypoints import rpc
from services.projects.dashboard import queries


class Dashboard:
    """Supervision in numbers."""

    @rpc
    def get_projects_dashboard(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.get_projects_dashboard(session, actor=actor)
