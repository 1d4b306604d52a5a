"""What is due, and the clocks that say when it is missed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import every, rpc, timer
from services.registry.cases import review
from services.registry.consultations import actions as consultations
from services.registry.deadlines import actions, queries

# What shows the day of a deadline itself, and has a clock of its own by it.
_FOLLOW = {"case_review": review.move_review, "consultation": consultations.move_answer}


class Deadlines:
    """list_deadlines, and the escalation."""

    @rpc
    def list_deadlines(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_deadlines(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @timer
    def escalate_deadline(self, session: Session, *, actor: Actor, now: datetime, deadline_id: str) -> None:
        actions.escalate(session, deadline_id=deadline_id, now=now)

    @every(seconds=3600)
    def confirm_deadlines(self, session: Session) -> None:
        actions.confirm(session, _FOLLOW)
