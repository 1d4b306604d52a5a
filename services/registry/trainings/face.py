"""Operations on training sessions."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.trainings import actions, attendance, queries


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class Trainings:
    """Plan, publish, enrol, check in, write the paper list down, close."""

    @command
    def plan_training(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        secret = secrets.token_urlsafe(32)
        return actions.plan_training(session, actor=actor, now=_now(session, actor), secret=secret, **asked)

    @command
    def change_training(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.change_training(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def publish_training(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.publish_training(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def close_training(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.close_training(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def qualify_training(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.qualify_training(session, actor=actor, **asked)

    @command
    def cancel_training(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.cancel_training(session, actor=actor, **asked)

    @command
    def enrol_in_training(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return attendance.enrol_in_training(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def withdraw_enrolment(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return attendance.withdraw_enrolment(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def check_in_to_training(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return attendance.check_in_to_training(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def record_training_attendance(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return attendance.record_training_attendance(session, actor=actor, now=_now(session, actor), **asked)

    @rpc
    def get_training_code(self, session: Session, *, actor: Actor, training_id: str) -> dict[str, Any]:
        return queries.get_training_code(session, actor=actor, now=_now(session, actor), training_id=training_id)

    @rpc
    def get_training(self, session: Session, *, actor: Actor, training_id: str) -> dict[str, Any]:
        return queries.get_training(session, actor=actor, training_id=training_id)

    @rpc
    def list_trainings(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_trainings(session, actor=actor, **asked)

    @rpc
    def get_training_attendance(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.get_training_attendance(session, actor=actor, **asked)

    @rpc
    def list_training_attendance(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_training_attendance(session, actor=actor, **asked)
