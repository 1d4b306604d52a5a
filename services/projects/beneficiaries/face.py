"""RPCs and commands of beneficiaries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.beneficiaries import actions, queries


class Beneficiaries:
    """Whom projects serve."""

    @command
    def register_beneficiary(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.register_beneficiary(session, actor=actor, now=_now(session, actor), **given)

    @command
    def merge_beneficiaries(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.merge_beneficiaries(session, actor=actor, **given)

    @command
    def erase_beneficiary(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.erase_beneficiary(session, actor=actor, **given)

    @rpc
    def get_beneficiary(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.get_beneficiary(session, actor=actor, **given)

    @rpc
    def list_beneficiaries(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_beneficiaries(session, actor=actor, **filters)

    @command
    def count_group(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.count_group(session, actor=actor, now=_now(session, actor), **given)

    @rpc
    def list_beneficiary_groups(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_beneficiary_groups(session, actor=actor, **filters)

    @rpc
    def count_beneficiaries(self, session: Session, *, actor: Actor, project_id: str) -> dict[str, Any]:
        return queries.count_beneficiaries(session, actor=actor, project_id=project_id)

    @rpc
    def list_activity_counts(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_activity_counts(session, actor=actor, **filters)

    @rpc
    def count_served_people(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.count_served_people(session, actor=actor, **filters)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
