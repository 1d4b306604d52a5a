"""Changing the money policy."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from contracts.projects.events_money import MoneyPolicyChanged
from services.projects.money_policy import domain, queries
from services.projects.money_policy.models import MoneyPolicy


def change_money_policy(session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
    """Only what is given; it holds for what happens from now on."""
    db.check_street(actor, None)
    made = insert(MoneyPolicy).values(district_code=actor.district_code, numbers={})
    session.execute(made.on_conflict_do_nothing())
    row = session.get_one(MoneyPolicy, actor.district_code, with_for_update=True)
    row.numbers = domain.completed({**row.numbers, **given, "publisher": _publisher(row, given)})
    session.flush()
    outbox.record(session, MoneyPolicyChanged(district=actor.district_code, changed=sorted(given)))
    return queries.get_money_policy(session, actor=actor)


def _publisher(row: MoneyPolicy, given: dict[str, Any]) -> dict[str, Any]:
    return {**row.numbers.get("publisher", {}), **given.get("publisher", {})}
