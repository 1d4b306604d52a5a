"""RPCs and commands of credentials."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.events import Envelope
from chassis.runtime.entrypoints import command, on_event, rpc
from contracts.registry.events_training import TrainingQualified
from services.projects.credentials import actions, handlers, queries


class Credentials:
    """Mixed into the projects service."""

    @rpc
    def get_credential(self, session: Session, *, actor: Actor, credential_id: str) -> dict[str, Any]:
        return queries.render(queries.find_credential(session, credential_id, actor))

    @rpc
    def list_credentials(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_credentials(session, actor=actor, **given)

    @command
    def record_credential(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.record_credential(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def revoke_credential(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.revoke_credential(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @on_event(TrainingQualified)
    def on_training_qualified(self, session: Session, event: TrainingQualified, envelope: Envelope) -> None:
        handlers.on_training_qualified(session, event, envelope)
