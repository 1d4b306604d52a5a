"""RPCs and commands of planning a review."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.planning import actions, confirming, moves, queries


class Planning:
    """Sessions, absences, plans, and moves by hand."""

    @command
    def add_session(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.add_session(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def remove_session(self, session: Session, *, actor: Actor, session_id: str) -> dict[str, Any]:
        return actions.remove_session(session, actor=actor, session_id=session_id)

    @rpc
    def get_session(self, session: Session, *, actor: Actor, session_id: str) -> dict[str, Any]:
        return queries.get_session(session, actor=actor, session_id=session_id)

    @rpc
    def list_sessions(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_sessions(session, actor=actor, **given)

    @command
    def declare_absence(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.declare_absence(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def withdraw_absence(self, session: Session, *, actor: Actor, absence_id: str) -> dict[str, Any]:
        return actions.withdraw_absence(session, actor=actor, absence_id=absence_id)

    @rpc
    def get_absence(self, session: Session, *, actor: Actor, absence_id: str) -> dict[str, Any]:
        return queries.get_absence(session, actor=actor, absence_id=absence_id)

    @rpc
    def list_absences(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_absences(session, actor=actor, **given)

    @command
    def plan_judges(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.plan_judges(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def plan_schedule(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.plan_schedule(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @rpc
    def get_review_plan(self, session: Session, *, actor: Actor, review_plan_id: str) -> dict[str, Any]:
        return queries.get_review_plan(session, actor=actor, review_plan_id=review_plan_id)

    @rpc
    def list_review_plans(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_review_plans(session, actor=actor, **given)

    @command
    def confirm_review_plan(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return confirming.confirm_review_plan(session, actor=actor, now=now, **given)

    @command
    def discard_review_plan(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.discard_review_plan(session, actor=actor, **given)

    @command
    def swap_pitches(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return moves.swap_pitches(session, actor=actor, now=clock.now(session, actor.district_code), **given)

    @command
    def move_pitch(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return moves.move_pitch(session, actor=actor, now=clock.now(session, actor.district_code), **given)
