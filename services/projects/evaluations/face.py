"""RPCs, commands and the clock of evaluations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.projects.evaluations import actions, queries, results

View = dict[str, Any]


class Evaluations:
    """``given``: the operation's loaded input (contracts/projects/evaluations.py, delivery.py)."""

    @rpc
    def get_evaluation_rubric(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.get_evaluation_rubric(session, actor=actor, **given)

    @rpc
    def get_evaluation(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.get_evaluation(session, actor=actor, **given)

    @rpc
    def list_evaluations(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_evaluations(session, actor=actor, **given)

    @command
    def set_evaluation_rubric(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.set_evaluation_rubric(session, actor=actor, now=_now(session, actor), **given)

    @command
    def convene_evaluation(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.convene_evaluation(session, actor=actor, now=_now(session, actor), **given)

    @command
    def declare_evaluation_conflict(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.declare_evaluation_conflict(session, actor=actor, **given)

    @command
    def fill_evaluation_sheet(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.fill_evaluation_sheet(session, actor=actor, **given)

    @command
    def record_evaluation(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.record_evaluation(session, actor=actor, now=_now(session, actor), **given)

    @command
    def announce_evaluation(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return results.announce_evaluation(session, actor=actor, now=_now(session, actor), **given)

    @command
    def comment_evaluation(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return results.comment_evaluation(session, actor=actor, **given)

    @command
    def accept_evaluation(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return results.accept_evaluation(session, actor=actor, now=_now(session, actor), **given)

    @command
    def appeal_evaluation(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return results.appeal_evaluation(session, actor=actor, now=_now(session, actor), **given)

    @command
    def settle_evaluation_appeal(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return results.settle_evaluation_appeal(session, actor=actor, now=_now(session, actor), **given)

    @command
    def cancel_evaluation(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return results.cancel_evaluation(session, actor=actor, **given)

    @timer
    def conclude_evaluation_on_time(
        self, session: Session, *, actor: Actor, now: datetime, evaluation_run_id: str, appeals: int
    ) -> None:
        results.conclude_on_time(session, actor=actor, now=now, evaluation_run_id=evaluation_run_id, appeals=appeals)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
