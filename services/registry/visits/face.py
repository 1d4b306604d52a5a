"""Operations on supervision visits, and the deadlines of findings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.registry.visits import actions, findings, queries


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class Visits:
    """Plan, hold, rectify, recheck, close."""

    @command
    def plan_visit(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.plan_visit(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def hold_visit(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.hold_visit(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def record_finding(self, session: Session, *, actor: Actor, visit_id: str, **asked: Any) -> dict[str, Any]:
        visit = actions.take_visit(session, actor, visit_id)
        findings.add(session, visit, now=_now(session, actor), **asked)
        return queries.render(session, visit)

    @command
    def rectify_finding(self, session: Session, *, actor: Actor, visit_id: str, **asked: Any) -> dict[str, Any]:
        visit = actions.take_visit(session, actor, visit_id)
        findings.rectify(session, visit, actor=actor, now=_now(session, actor), **asked)
        return queries.render(session, visit)

    @command
    def recheck_finding(self, session: Session, *, actor: Actor, visit_id: str, **asked: Any) -> dict[str, Any]:
        visit = actions.take_visit(session, actor, visit_id)
        findings.recheck(session, visit, actor=actor, now=_now(session, actor), **asked)
        return queries.render(session, visit)

    @command
    def close_visit(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.close_visit(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def cancel_visit(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.cancel_visit(session, actor=actor, now=_now(session, actor), **asked)

    @rpc
    def get_visit(self, session: Session, *, actor: Actor, visit_id: str) -> dict[str, Any]:
        return queries.get_visit(session, actor=actor, visit_id=visit_id)

    @rpc
    def list_visits(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_visits(session, actor=actor, **asked)

    @timer
    def mark_finding_overdue(
        self, session: Session, *, actor: Actor, now: datetime, finding_id: str, due_on: str
    ) -> None:
        findings.mark_overdue(session, finding_id=finding_id, due_on=due_on)
