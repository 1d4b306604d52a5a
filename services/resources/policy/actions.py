"""Changing the district's numbers for offers and needs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from contracts.resources.events_policy import ResourcesPolicyChanged
from services.resources.policy import domain, queries
from services.resources.policy.models import ResourcesPolicy


def change_resources_policy(
    session: Session, *, actor: Actor, now: datetime, expected_version: int | None = None, **given: Any
) -> dict[str, Any]:
    """Only what is given. Reservations and questions that run keep the time they were given."""
    db.check_street(actor, None)
    district = actor.district_code
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"resources_policy:{district}", 0))))
    row = session.get(ResourcesPolicy, district, with_for_update=True, populate_existing=True)
    before = queries.numbers_of(row, district)
    db.check_version(before, expected_version)
    changed = domain.changed(asdict(before), given)
    if row is None:
        row = ResourcesPolicy(district_code=district, created_at=now)
        session.add(row)
    numbers = {**asdict(before), **given, "weights": {**before.weights, **given.get("weights", {})}}
    for name in ("reservation_hours", "need_confirm_days", "need_grace_days", "weights"):
        setattr(row, name, numbers[name])
    session.flush()
    if changed:
        outbox.record(session, ResourcesPolicyChanged(district=district, changed=changed))
    return queries.get_resources_policy(session, actor=actor)
