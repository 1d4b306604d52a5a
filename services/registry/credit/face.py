"""Operations on credit facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.registry.credit import actions, queries


class Credit:
    """record and revoke credit facts; get and list; their clock."""

    @command
    def record_credit_fact(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.record_credit_fact(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def revoke_credit_fact(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.revoke_credit_fact(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def get_credit_fact(self, session: Session, *, actor: Actor, credit_fact_id: str) -> dict[str, Any]:
        return queries.get_credit_fact(session, actor=actor, credit_fact_id=credit_fact_id)

    @rpc
    def list_credit_facts(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_credit_facts(session, actor=actor, **asked)

    @timer
    def expire_credit_fact(self, session: Session, *, actor: Actor, now: datetime, credit_fact_id: str) -> None:
        actions.expire_credit_fact(session, credit_fact_id=credit_fact_id, now=now)
