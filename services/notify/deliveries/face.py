"""RPCs of deliveries."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc
from services.notify.deliveries import actions, queries


class Deliveries:
    """What was sent, and sending again."""

    @rpc
    def get_delivery(self, session: Session, *, actor: Actor, delivery_id: str) -> dict[str, Any]:
        return queries.get_delivery(session, actor=actor, delivery_id=delivery_id)

    @rpc
    def list_deliveries(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_deliveries(session, actor=actor, **filters)

    @command
    def requeue_delivery(self, session: Session, *, actor: Actor, delivery_id: str) -> dict[str, Any]:
        now = clock.system_now()
        return actions.requeue_delivery(session, actor=actor, delivery_id=delivery_id, now=now)
