"""RPCs and commands of community projects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.community import actions, queries, running

View = dict[str, Any]


class CommunityProjects:
    """``given``: the operation's loaded input (contracts/projects/community.py)."""

    @rpc
    def get_community_project(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.get_community_project(session, actor=actor, **given)

    @rpc
    def get_community_session(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.get_community_session(session, actor=actor, **given)

    @rpc
    def list_community_projects(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_community_projects(session, actor=actor, **given)

    @rpc
    def list_community_sessions(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_community_sessions(session, actor=actor, **given)

    @rpc
    def list_session_orders(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_session_orders(session, actor=actor, **given)

    @rpc
    def list_community_spendings(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_community_spendings(session, actor=actor, **given)

    @command
    def draft_community_project(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.draft_community_project(session, actor=actor, now=_now(session, actor), **given)

    @command
    def change_community_project(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.change_community_project(session, actor=actor, **given)

    @command
    def publish_community_project(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.publish_community_project(session, actor=actor, now=_now(session, actor), **given)

    @command
    def start_community_project(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.start_community_project(session, actor=actor, **given)

    @command
    def complete_community_project(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.complete_community_project(session, actor=actor, now=_now(session, actor), **given)

    @command
    def close_community_project(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.close_community_project(session, actor=actor, now=_now(session, actor), **given)

    @command
    def cancel_community_project(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.cancel_community_project(session, actor=actor, now=_now(session, actor), **given)

    @command
    def register_interest(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.register_interest(session, actor=actor, now=_now(session, actor), **given)

    @command
    def withdraw_interest(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.withdraw_interest(session, actor=actor, **given)

    @command
    def plan_community_session(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return running.plan_community_session(session, actor=actor, now=_now(session, actor), **given)

    @command
    def change_community_session(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return running.change_community_session(session, actor=actor, **given)

    @command
    def hold_community_session(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return running.hold_community_session(session, actor=actor, **given)

    @command
    def cancel_community_session(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return running.cancel_community_session(session, actor=actor, now=_now(session, actor), **given)

    @command
    def order_for_session(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return running.order_for_session(session, actor=actor, now=_now(session, actor), **given)

    @command
    def attach_session_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return running.attach_session_order(session, actor=actor, **given)

    @command
    def release_session_order(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return running.release_session_order(session, actor=actor, **given)

    @command
    def record_community_spending(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return running.record_community_spending(session, actor=actor, now=_now(session, actor), **given)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
