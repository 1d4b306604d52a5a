"""Operations on service teams."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.registry.teams import actions, balancing, planning, queries


class Teams:
    """Assign, hand over, link resources; caseloads."""

    @command
    def assign_team_member(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.assign_team_member(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def hand_over_team_role(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.hand_over_team_role(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def plan_team_hand_over(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return planning.plan_team_hand_over(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def undo_team_hand_over(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return planning.undo_team_hand_over(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @timer
    def take_over_team_role(self, session: Session, *, actor: Actor, now: datetime, hand_over_id: str) -> None:
        planning.take_over_team_role(session, hand_over_id=hand_over_id, now=now)

    @rpc
    def suggest_team_member(self, session: Session, *, actor: Actor, case_id: str, role: str) -> dict[str, Any]:
        return balancing.suggest_team_member(session, actor=actor, case_id=case_id, role=role)

    @rpc
    def suggest_hand_overs(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return balancing.suggest_hand_overs(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

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
