"""RPCs of templates."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc
from services.notify.templates import actions, queries


class Templates:
    """Wording: read, preview, change."""

    @rpc
    def get_template(self, session: Session, *, actor: Actor, event_name: str) -> dict[str, Any]:
        return queries.get_template(session, actor=actor, event_name=event_name)

    @rpc
    def list_templates(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_templates(session, actor=actor, **filters)

    @rpc
    def preview_template(self, session: Session, *, actor: Actor, event_name: str, **parts: str) -> dict[str, Any]:
        return queries.preview_template(session, actor=actor, event_name=event_name, **parts)

    @command
    def set_template(self, session: Session, *, actor: Actor, event_name: str, **fields: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.set_template(session, actor=actor, now=now, event_name=event_name, **fields)
