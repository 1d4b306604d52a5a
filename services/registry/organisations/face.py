"""Operations on organisations."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.organisations import actions, queries


class Organisations:
    """register, change, get and list organisations; their history; the taxonomy of fields."""

    @command
    def register_organisation(self, session: Session, *, actor: Actor, **facts: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.register_organisation(session, actor=actor, now=now, **facts)

    @command
    def change_organisation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.change_organisation(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def get_organisation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.get_organisation(session, actor=actor, **asked)

    @rpc
    def get_organisation_contact(self, session: Session, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
        return queries.get_organisation_contact(session, actor=actor, organisation_id=organisation_id)

    @rpc
    def list_organisations(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_organisations(session, actor=actor, **asked)

    @rpc
    def list_organisation_changes(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_organisation_changes(session, actor=actor, **asked)

    @command
    def add_field(self, session: Session, *, actor: Actor, code: str, zh: str, en: str) -> dict[str, Any]:
        return actions.add_field(session, actor=actor, code=code, zh=zh, en=en)

    @rpc
    def list_fields(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return {"items": queries.fields_of(session, actor.district_code)}
