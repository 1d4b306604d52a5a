"""RPCs, commands and the clock of activities."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.projects.activities import actions, queries, signing


class Activities:
    """Activities of projects."""

    @rpc
    def get_activity(self, session: Session, *, actor: Actor, activity_id: str) -> dict[str, Any]:
        return queries.get_activity(session, actor=actor, activity_id=activity_id)

    @rpc
    def list_activities(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_activities(session, actor=actor, **filters)

    @rpc
    def list_reschedules(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_reschedules(session, actor=actor, **filters)

    @command
    def plan_activity(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        secret = secrets.token_hex(32)
        return actions.plan_activity(session, actor=actor, now=_now(session, actor), secret=secret, **given)

    @command
    def change_activity(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.change_activity(session, actor=actor, now=_now(session, actor), **given)

    @command
    def open_activity(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.open_activity(session, actor=actor, now=_now(session, actor), **given)

    @timer
    def open_activity_on_time(
        self, session: Session, *, actor: Actor, now: datetime, activity_id: str, starts_at: str
    ) -> None:
        actions.open_on_time(session, actor=actor, now=now, activity_id=activity_id, starts_at=starts_at)

    @command
    def postpone_activity(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.postpone_activity(session, actor=actor, now=_now(session, actor), **given)

    @command
    def reschedule_activity(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.reschedule_activity(session, actor=actor, now=_now(session, actor), **given)

    @command
    def sign_up_for_activity(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return signing.sign_up_for_activity(session, actor=actor, now=_now(session, actor), **given)

    @command
    def withdraw_sign_up(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return signing.withdraw_sign_up(session, actor=actor, now=_now(session, actor), **given)

    @rpc
    def get_sign_up(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.get_sign_up(session, actor=actor, **given)

    @rpc
    def get_entry_pass(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.get_entry_pass(session, actor=actor, **given)

    @rpc
    def list_sign_ups(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_sign_ups(session, actor=actor, **filters)

    @rpc
    def get_activity_code(self, session: Session, *, actor: Actor, activity_id: str) -> dict[str, Any]:
        return queries.get_activity_code(session, actor=actor, now=_now(session, actor), activity_id=activity_id)

    @rpc
    def get_activity_policy(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.get_activity_policy(session, actor=actor)

    @command
    def change_activity_policy(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.change_activity_policy(session, actor=actor, **given)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
