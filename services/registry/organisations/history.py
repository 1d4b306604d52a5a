"""History of organisations: what is written with each change, and how an instant of the past is rebuilt from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from chassis import ids, outbox
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.registry.codes import RegistryCode
from contracts.registry.events import OrganisationChanged
from services.registry.organisations.models import Organisation, OrganisationChange

PERSONAL = {"responsible_person", "phone"}
_HISTORY = insert(OrganisationChange)
_DATES = {"founded_on": date.fromisoformat, "assured_at": datetime.fromisoformat}


def remember(
    session: Session,
    actor: Actor,
    row: Organisation,
    field: str,
    was: Any,
    became: Any,
    reason: str,
    now: datetime,
    *,
    item_id: str | None = None,
) -> None:
    """One row of history. ``item_id``: which of several (identifier, contact, …); of personal fields only the fact."""
    change = _change(actor, row, field, was, became, reason, now)
    session.connection().execute(_HISTORY, {**change, "item_id": item_id})


def remember_registered(
    session: Session, actor: Actor, rows: Sequence[Organisation], reason: str, now: datetime
) -> None:
    """The first row of each one's history, in one statement."""
    changes = [_change(actor, row, "status", None, "active", reason, now) for row in rows]
    session.connection().execute(_HISTORY, changes)


def _change(
    actor: Actor, row: Organisation, field: str, was: Any, became: Any, reason: str, now: datetime
) -> dict[str, Any]:
    hide = field in PERSONAL
    return {
        "id": ids.new_id("chg"),
        "district_code": row.district_code,
        "street_code": row.street_code,
        "organisation_id": row.id,
        "field": field,
        "was": None if hide else was,
        "became": None if hide else became,
        "reason": reason,
        "account_id": actor.account_id,
        "role": actor.role,
        "changed_at": now,
    }


def facts_of(row: Organisation) -> dict[str, Any]:
    """What events say of an organisation."""
    return {
        "organisation_id": row.id,
        "name": row.name,
        "kind": row.kind,
        "legal_tier": row.legal_tier,
        "fields": row.fields,
        "street_code": row.street_code,
        "hub_id": row.hub_id,
        "status": row.status,
        "in_breach": row.in_breach,
        "street_codes": [row.street_code] if row.street_code else [],
    }


def change(session: Session, actor: Actor, row: Organisation, reason: str, now: datetime, **changes: Any) -> list[str]:
    """Set what differs, with its history and one event; returns the fields that differed."""
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in changed:
        remember(session, actor, row, name, getattr(row, name), changes[name], reason, now)
        setattr(row, name, changes[name])
    if changed:
        session.flush()
        outbox.record(session, OrganisationChanged(**facts_of(row), changed=changed))
    return changed


def later(session: Session, organisation_id: str, as_of: datetime) -> dict[tuple[str, str | None], Any]:
    """What each field that changed after ``as_of`` was at that instant: the ``was`` of its first later change."""
    statement = (
        select(OrganisationChange.field, OrganisationChange.item_id, OrganisationChange.was)
        .where(OrganisationChange.organisation_id == organisation_id, OrganisationChange.changed_at > as_of)
        .order_by(OrganisationChange.changed_at, OrganisationChange.id)
    )
    found: dict[tuple[str, str | None], Any] = {}
    for field, item_id, was in session.execute(statement):
        found.setdefault((field, item_id), was)
    return found


def rewind(session: Session, columns: dict[str, Any], *, created_at: datetime, as_of: datetime) -> dict[str, Any]:
    """An organisation's columns as they were at ``as_of``; nothing personal is in history, so nothing is here.

    Raises :class:`NotFoundError` for an instant before the organisation was known.
    """
    if as_of < created_at:
        raise NotFoundError(RegistryCode.ORGANISATION_NOT_FOUND)
    was = later(session, columns["organisation_id"], as_of)
    past = dict(columns)
    for (field, item_id), value in was.items():
        if item_id is None and field in past and field not in PERSONAL:
            past[field] = _DATES[field](value) if field in _DATES and value is not None else value
    return past
