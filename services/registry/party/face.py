"""Operations on party building."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.party import actions, queries


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class Party:
    """Forms, party organisations, counts, activities, coverage."""

    @command
    def set_party_kind(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.set_party_kind(session, actor=actor, **asked)

    @command
    def found_party_organisation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.found_party_organisation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def count_party_members(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.count_party_members(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def record_party_activity(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.record_party_activity(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def dissolve_party_organisation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.dissolve_party_organisation(session, actor=actor, now=_now(session, actor), **asked)

    @rpc
    def list_party_kinds(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.list_party_kinds(session, actor=actor)

    @rpc
    def get_party_organisation(self, session: Session, *, actor: Actor, party_organisation_id: str) -> dict[str, Any]:
        return queries.get_party_organisation(session, actor=actor, party_organisation_id=party_organisation_id)

    @rpc
    def list_party_organisations(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_party_organisations(session, actor=actor, **asked)

    @rpc
    def list_party_activities(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_party_activities(session, actor=actor, **asked)

    @rpc
    def get_party_coverage(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        today = clock.today(session, actor.district_code)
        return queries.get_party_coverage(session, actor=actor, today=today, **asked)
