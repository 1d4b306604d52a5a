"""The dashboard's operation."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.runtime import rpc
from services.resources.dashboard import queries


class Dashboard:
    """Numbers for supervision."""

    @rpc
    def get_resources_dashboard(self, session: Session, *, actor: Actor, street_code: str | None) -> dict[str, Any]:
        return queries.get_resources_dashboard(session, actor=actor, street_code=street_code)
