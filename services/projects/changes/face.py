"""RPCs and commands of changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.changes import actions, queries

View = dict[str, Any]


class ProjectChanges:
    """``given``: the operation's loaded input (contracts/projects/changes.py)."""

    @rpc
    def get_delivery_policy(self, session: Session, *, actor: Actor) -> View:
        return queries.get_delivery_policy(session, actor=actor)

    @rpc
    def get_project_plan(self, session: Session, *, actor: Actor, project_id: str) -> View:
        return queries.get_project_plan(session, actor=actor, project_id=project_id)

    @rpc
    def list_project_plans(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_project_plans(session, actor=actor, **given)

    @rpc
    def get_project_change(self, session: Session, *, actor: Actor, project_change_id: str) -> View:
        return queries.get_project_change(session, actor=actor, project_change_id=project_change_id)

    @rpc
    def list_project_changes(self, session: Session, *, actor: Actor, **filters: Any) -> View:
        return queries.list_project_changes(session, actor=actor, **filters)

    @command
    def change_delivery_policy(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.change_delivery_policy(session, actor=actor, **given)

    @command
    def request_project_change(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.request_project_change(session, actor=actor, now=_now(session, actor), **given)

    @command
    def decide_project_change(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.decide_project_change(session, actor=actor, now=_now(session, actor), **given)

    @command
    def withdraw_project_change(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.withdraw_project_change(session, actor=actor, now=_now(session, actor), **given)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
