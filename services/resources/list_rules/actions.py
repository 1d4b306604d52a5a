"""Setting the district's numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from contracts.resources.events_one_list import ListRuleSet
from services.resources.list_rules import domain, queries
from services.resources.list_rules.models import ListRule


def set_one_list_rule(session: Session, *, actor: Actor, now: datetime, key: str, value: int) -> dict[str, Any]:
    """Binds what is decided from now on."""
    db.check_street(actor, None)
    domain.check(key, value)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"list_rule:{actor.district_code}", 0))))
    held = select(ListRule).where(ListRule.district_code == actor.district_code, ListRule.key == key)
    row = session.scalars(held).one_or_none()
    if row is None:
        row = ListRule(district_code=actor.district_code, key=key, value=value, created_at=now)
        session.add(row)
    row.value = value
    session.flush()
    outbox.record(session, ListRuleSet(list_rule_id=row.id, key=key, value=value))
    return queries.view(key, value)
