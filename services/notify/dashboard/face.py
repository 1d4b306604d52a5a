"""The RPC of the dashboard."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.runtime import rpc
from services.notify.dashboard import queries


class Dashboard:
    """How notify is doing."""

    @rpc
    def get_notify_dashboard(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.get_notify_dashboard(session, actor=actor)
