"""Operations on consultations, and their service clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.registry.consultations import actions, queries


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class Consultations:
    """Ask, answer, ask again, close."""

    @command
    def ask_consultation(self, session: Session, *, actor: Actor, topic: str, question: str) -> dict[str, Any]:
        return actions.ask_consultation(session, actor=actor, now=_now(session, actor), topic=topic, question=question)

    @command
    def answer_consultation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.answer_consultation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def reopen_consultation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.reopen_consultation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def close_consultation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.close_consultation(session, actor=actor, **asked)

    @rpc
    def get_consultation(self, session: Session, *, actor: Actor, consultation_id: str) -> dict[str, Any]:
        return queries.get_consultation(session, actor=actor, consultation_id=consultation_id)

    @rpc
    def list_consultations(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_consultations(session, actor=actor, **asked)

    @timer
    def mark_consultation_late(self, session: Session, *, actor: Actor, now: datetime, consultation_id: str) -> None:
        actions.mark_consultation_late(session, consultation_id=consultation_id)
