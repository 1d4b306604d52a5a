"""What every step of a seed group shares: take the row, look the step up in the table, keep and tell it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import context, db, outbox
from chassis.actor import Actor
from chassis.events import Event, type_of
from contracts.registry import events
from services.registry.seed_groups import domain, queries
from services.registry.seed_groups.models import SeedGroup, SeedStep


def take(
    session: Session, actor: Actor, seed_group_id: str, action: str, now: datetime, expected: int | None = None
) -> SeedGroup:
    """Locked, in the actor's streets, and moved on by ``action``."""
    group = queries.find_group(session, actor, seed_group_id, lock=True)
    db.check_street(actor, group.street_code)
    db.check_version(group, expected)
    group.status = domain.next_status(group.status, action)
    group.touched_at = now  # members and meetings are part of what the version stands for
    return group


def weigh(session: Session, group: SeedGroup) -> dict[str, Any]:
    """Ready when the threshold is met, gathering again when it no longer is."""
    have = queries.counts(session, group)
    short = domain.missing(have, queries.threshold(session, group.district_code))
    if group.status == "gathering" and not short:
        group.status = domain.next_status(group.status, "reach")
        record(session, group, events.SeedGroupReady, **have)
    elif group.status == "ready" and short:
        group.status = domain.next_status(group.status, "shrink")
    return queries.render(session, group)


def record(session: Session, group: SeedGroup, kind: Callable[..., Event], /, **facts: Any) -> None:
    """The event, and the step in the group's own history, which outlives its filing."""
    streets = [group.street_code] if group.street_code else []
    fact = kind(seed_group_id=group.id, street_codes=streets, **facts)
    actor = context.of(session).actor
    session.add(
        SeedStep(
            district_code=group.district_code,
            street_code=group.street_code,
            seed_group_id=group.id,
            step=type_of(type(fact)).name,
            facts=facts,
            account_id=actor.account_id,
            role=actor.role,
            taken_at=group.touched_at,
        )
    )
    outbox.record(session, fact)
