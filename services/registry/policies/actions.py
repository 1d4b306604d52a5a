"""Writes of policy data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from contracts.registry.events import PolicyChanged
from services.registry import scope
from services.registry.policies import domain, queries
from services.registry.policies.models import Policy


def set_policy(session: Session, *, actor: Actor, key: str, value: domain.Value, now: datetime) -> dict[str, Any]:
    """Binds what is decided from now on."""
    db.check_street(actor, None)
    domain.check(key, value)
    domain.check_owner(actor.role, key)
    scope.hold(session, f"policy:{actor.district_code}:{key}")
    row = session.scalars(
        select(Policy).where(Policy.district_code == actor.district_code, Policy.key == key)
    ).one_or_none()
    if row is None:
        row = Policy(district_code=actor.district_code, key=key, value=value, created_at=now)
        session.add(row)
    row.value = value
    session.flush()
    outbox.record(session, PolicyChanged(policy_id=row.id, key=key, value=value))
    return queries.view(key, value)
