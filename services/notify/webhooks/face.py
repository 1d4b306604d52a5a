"""RPCs of webhook endpoints."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc
from services.notify.webhooks import actions, queries


class Webhooks:
    """Endpoints: add, look, resume, remove."""

    @command
    def add_webhook_endpoint(self, session: Session, *, actor: Actor, **fields: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        random = secrets.token_bytes(32)
        return actions.add_webhook_endpoint(session, actor=actor, now=now, random=random, **fields)

    @rpc
    def get_webhook_endpoint(self, session: Session, *, actor: Actor, endpoint_id: str) -> dict[str, Any]:
        return queries.get_webhook_endpoint(session, actor=actor, endpoint_id=endpoint_id)

    @rpc
    def list_webhook_endpoints(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_webhook_endpoints(session, actor=actor, **filters)

    @command
    def resume_webhook_endpoint(self, session: Session, *, actor: Actor, endpoint_id: str) -> dict[str, Any]:
        return actions.resume_webhook_endpoint(session, actor=actor, endpoint_id=endpoint_id)

    @command
    def remove_webhook_endpoint(self, session: Session, *, actor: Actor, endpoint_id: str) -> dict[str, Any]:
        return actions.remove_webhook_endpoint(session, actor=actor, endpoint_id=endpoint_id)
