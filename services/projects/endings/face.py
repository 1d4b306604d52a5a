"""RPCs and commands of endings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.endings import actions, documents, queries

View = dict[str, Any]


class Endings:
    """``given``: the operation's loaded input (contracts/projects/endings.py, delivery.py)."""

    @rpc
    def get_closing_checklist(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.get_closing_checklist(session, actor=actor, **given)

    @rpc
    def get_termination(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.get_termination(session, actor=actor, **given)

    @rpc
    def list_terminations(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return queries.list_terminations(session, actor=actor, **given)

    @rpc
    def get_settlement_document(self, session: Session, *, actor: Actor, **asked: Any) -> View:
        return documents.get_settlement_document(session, actor=actor, **asked)

    @command
    def accept_project(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.accept_project(session, actor=actor, now=_now(session, actor), **given)

    @command
    def terminate_project(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.terminate_project(session, actor=actor, now=_now(session, actor), **given)

    @command
    def propose_termination(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.propose_termination(session, actor=actor, now=_now(session, actor), **given)

    @command
    def answer_termination(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.answer_termination(session, actor=actor, **given)

    @command
    def withdraw_termination(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.withdraw_termination(session, actor=actor, now=_now(session, actor), **given)

    @command
    def refuse_termination(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.refuse_termination(session, actor=actor, now=_now(session, actor), **given)

    @command
    def approve_termination(self, session: Session, *, actor: Actor, **given: Any) -> View:
        return actions.approve_termination(session, actor=actor, now=_now(session, actor), **given)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
