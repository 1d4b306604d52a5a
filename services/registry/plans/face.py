"""Operations on growth plans."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.plans import actions, queries


class Plans:
    """Draft, revise, comment, submit, approve or return a growth plan."""

    @command
    def draft_plan(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.draft_plan(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def revise_plan(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.revise_plan(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def comment_plan(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.comment_plan(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def submit_plan(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.submit_plan(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def approve_plan(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.approve_plan(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def return_plan(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.return_plan(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def review_stage_goal(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.review_stage_goal(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def compare_plan_versions(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.compare_plan_versions(session, actor=actor, **asked)

    @rpc
    def get_plan(self, session: Session, *, actor: Actor, plan_id: str) -> dict[str, Any]:
        return queries.get_plan(session, actor=actor, plan_id=plan_id)

    @rpc
    def list_plans(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_plans(session, actor=actor, **asked)
