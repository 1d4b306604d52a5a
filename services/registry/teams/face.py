"""Operations on service teams."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.teams import actions, queries


class Teams:
    """Assign, hand over, link resources; caseloads."""

    @command
    def assign_team_member(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.assign_team_member(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def hand_over_team_role(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.hand_over_team_role(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def link_case_resource(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.link_case_resource(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def release_case_resource(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.release_case_resource(session, actor=actor, now=now, **asked)

    @rpc
    def get_service_team(self, session: Session, *, actor: Actor, case_id: str) -> dict[str, Any]:
        return queries.get_service_team(session, actor=actor, case_id=case_id)

    @rpc
    def list_caseloads(self, session: Session, *, actor: Actor, role: str | None = None) -> dict[str, Any]:
        return queries.list_caseloads(session, actor=actor, role=role)
