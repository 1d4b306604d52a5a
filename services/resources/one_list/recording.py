"""What every write of an entry shares: how it is found, its history, its clock, its event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, outbox, timers
from chassis.actor import Actor
from contracts.resources import events_one_list as events
from services.resources import personal
from services.resources.list_rules.queries import number
from services.resources.one_list import domain, naming
from services.resources.one_list.models import ListChange, ListEntry

EMPTY: Mapping[str, Any] = {
    "title": "",
    "person_name": None,
    "summary": "",
    "category": None,
    "fields_of_work": [],
    "community_code": None,
    "cell_code": None,
    "place": "",
    "opening_hours": [],
    "contact_name": None,
    "contact_phone": None,
    "organisation_id": None,
    "account_id": None,
}


def new_entry(
    *, actor: Actor, now: datetime, street_code: str | None, source: str, source_id: str | None = None, **facts: Any
) -> ListEntry:
    """A draft; not yet in the session."""
    row = ListEntry(
        district_code=actor.district_code,
        street_code=street_code,
        status=domain.DRAFT,
        source=source,
        source_id=source_id,
        is_public=False,
        created_at=now,
        **{**EMPTY, **facts},
    )
    index(row)
    return row


def index(row: ListEntry) -> None:
    """By what it is found, after a change."""
    row.search_text = naming.folded(f"{row.title}{row.summary}")[: naming.MOST]
    row.pairs, row.sounds = naming.pairs_of(row.search_text), naming.sounds_of(row.title) if row.title else []
    name = row.person_name
    row.person_key = None if name is None else personal.blind(name, "one_list_entry.person_name")
    row.search_version = naming.VERSION


def write_down(
    session: Session,
    row: ListEntry,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    reason: str,
    changes: Sequence[Mapping[str, Any]] = (),
) -> None:
    """One step of the history."""
    session.flush()
    step = ListChange(
        district_code=row.district_code,
        street_code=row.street_code,
        list_entry_id=row.id,
        action=action,
        account_id=actor.account_id,
        role=actor.role,
        reason=reason,
        changes=[dict(one) for one in changes],
        at=now,
    )
    session.add(step)
    session.flush()


def tell(session: Session, row: ListEntry, kind: type[events.ListEntryFact], **extra: Any) -> None:
    """Record an event of the entry."""
    session.flush()
    fact = kind(
        street_codes=[row.street_code] if row.street_code else [],
        list_entry_id=row.id,
        kind=row.kind,
        source=row.source,
        status=row.status,
        **extra,
    )
    outbox.record(session, fact)


def set_recheck(session: Session, row: ListEntry, *, today: date) -> str:
    """It was looked at today; its clock rings at the end of the day it is due, and compares the day then."""
    days = number(session, row.district_code, f"recheck_days_{row.kind}")
    row.rechecked_on, row.recheck_due_on = today, today + timedelta(days=days)
    session.flush()
    timers.schedule(
        session,
        "entry_falls_due",
        due_at=clock.end_of(row.recheck_due_on),
        district_code=row.district_code,
        list_entry_id=row.id,
    )
    return row.recheck_due_on.isoformat()


def take_facts(row: ListEntry, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Put the given facts on the row; returns what changed."""
    before = {name: getattr(row, name) for name in given}
    found = domain.changes(before, given)
    for name, value in given.items():
        setattr(row, name, value)
    index(row)
    return found
