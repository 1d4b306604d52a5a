"""What every step of a case shares: take the row, look the step up in the table, tell the trail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from contracts.registry.events_cases import CaseAdvanced
from services.registry.cases import domain, queries
from services.registry.cases.models import IncubationCase


def streets(row: IncubationCase) -> list[str]:
    """The streets whose people may see the case's events."""
    return [row.street_code] if row.street_code else []


def advance(session: Session, row: IncubationCase, action: str, now: datetime) -> None:
    """One step of the state machine."""
    was = row.status
    row.status = domain.next_status(was, action)
    row.touched_at = now
    session.flush()
    outbox.record(
        session,
        CaseAdvanced(
            case_id=row.id,
            organisation_id=row.organisation_id,
            action=action,
            was=was,
            status=row.status,
            street_codes=streets(row),
        ),
    )


def take_and_advance(
    session: Session, actor: Actor, case_id: str, action: str, now: datetime, expected: int | None = None
) -> IncubationCase:
    """A step without a guard of its own."""
    row = queries.take_case(session, actor, case_id, expected=expected)
    advance(session, row, action, now)
    return row
