"""Reading the trail: entries in scope, heads, receipts, consistency proofs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, array
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.expression import cast

from chassis import db
from chassis.actor import Actor
from chassis.clock import SHANGHAI
from chassis.codes import ChassisCode
from chassis.errors import InvalidError, NotFoundError
from contracts import roles
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.known.models import KnownOrganisation
from services.projects.known.queries import in_care
from services.projects.trail import keys, leaf, nodes
from services.projects.trail.models import TrailEntry, TrailHead

REVIEWERS_ONLY = ("judges_assigned", "conflict_declared")


def visible(session: Session, statement: Select[Any], actor: Actor) -> Select[Any]:
    """Entries of the actor's streets and district-wide ones; who supervises sees all of them, a hub what concerns
    itself, those in its care or nobody in particular, others their own."""
    statement = statement.where(TrailEntry.district_code == actor.district_code)
    if actor.street_codes:
        mine = TrailEntry.street_codes.has_any(cast(array(actor.street_codes), ARRAY(TEXT)))
        statement = statement.where(or_(mine, func.jsonb_array_length(TrailEntry.street_codes) == 0))
    if actor.role in roles.READERS and actor.role != roles.HUB:
        return statement
    own: ColumnElement[bool] = TrailEntry.actor_account_id == actor.account_id
    if actor.organisation_id is not None:
        own = or_(own, TrailEntry.organisation_id == actor.organisation_id)
    return statement.where(or_(own, _in_care(session, actor)) if actor.role == roles.HUB else own)


def _in_care(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Entries of an aggregate that names an organisation in the hub's care, or none; not who judges whom."""
    cared = list(session.scalars(select(KnownOrganisation.id).where(in_care(KnownOrganisation.id, actor))))
    other = aliased(TrailEntry)
    same = select(other.index).where(
        other.district_code == TrailEntry.district_code,
        other.subject == TrailEntry.subject,
        other.organisation_id.is_not(None),
    )
    concerned = or_(same.where(other.organisation_id.in_(cared)).exists(), ~same.exists())
    return and_(TrailEntry.event.not_in(REVIEWERS_ONLY), concerned)


def list_trail_entries(
    session: Session,
    *,
    actor: Actor,
    subject: str | None = None,
    event: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """A page of entries, newest first; the cursor is the index of the last one shown."""
    statement = visible(session, select(TrailEntry), actor)
    if subject is not None:
        statement = statement.where(TrailEntry.subject == subject)
    if event is not None:
        statement = statement.where(TrailEntry.event == event)
    if cursor is not None:
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 16):
            raise InvalidError(ChassisCode.CURSOR_INVALID)
        statement = statement.where(TrailEntry.index < int(cursor))
    size = min(max(limit or 50, 1), db.MAX_PAGE)
    rows = list(session.scalars(statement.order_by(TrailEntry.index.desc()).limit(size + 1)))
    more = len(rows) > size
    rows = rows[:size]
    return {"items": [render(row) for row in rows], "next_cursor": str(rows[-1].index) if more else None}


def render(row: TrailEntry) -> dict[str, Any]:
    """An entry as people see it."""
    payload = None if row.payload is None else json.loads(row.payload)["facts"]
    return {
        "index": row.index,
        "event_id": row.event_id,
        "event": row.event,
        "source": row.source,
        "subject": row.subject,
        "subject_version": row.subject_version,
        "occurred_at": row.occurred_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "actor_account_id": row.actor_account_id,
        "actor_role": row.actor_role,
        "street_codes": row.street_codes,
        "payload": payload,
        "commitment": row.commitment.hex(),
        "leaf_hash": row.leaf_hash.hex(),
        "tombstone": row.tombstone,
    }


def head_of(session: Session, district_code: str, size: int, now: datetime) -> Mapping[str, Any]:
    """The kept head of this size, or one signed for this reply."""
    kept = session.get(TrailHead, (district_code, size))
    if kept is not None:
        return {name: getattr(kept, name) for name in leaf.HEAD_FIELDS}
    root = nodes.root(session, district_code, size)
    return keys.sign_head(keys.signing_key(), log=leaf.log_name(district_code), size=size, root=root, now=now)


def get_trail_head(session: Session, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """The head of the log as it is now."""
    head = head_of(session, actor.district_code, nodes.size_of(session, actor.district_code), now)
    return {"log": leaf.log_name(actor.district_code), **head, "public_key": _public_key()}


def get_receipt(
    session: Session, *, actor: Actor, now: datetime, index: int | None = None, event_id: str | None = None
) -> dict[str, Any]:
    """Receipt format version 1 of one entry, against the head as it is now."""
    if (index is None) == (event_id is None):
        raise InvalidError(ChassisCode.REQUEST_INVALID, fields={"index": ["Give index or event_id."]})
    statement = visible(session, select(TrailEntry), actor)
    wanted = TrailEntry.index == index if event_id is None else TrailEntry.event_id == event_id
    entry = session.scalars(statement.where(wanted)).one_or_none()
    if entry is None:
        raise NotFoundError(DeliveryCode.TRAIL_ENTRY_NOT_FOUND)
    size = nodes.size_of(session, actor.district_code)
    return {
        "version": leaf.FORMAT,
        "log": leaf.log_name(actor.district_code),
        "index": entry.index,
        "entry": hashed_fields(entry),
        "leaf_hash": entry.leaf_hash.hex(),
        "salt": None if entry.salt is None else entry.salt.hex(),
        "payload": None if entry.payload is None else json.loads(entry.payload),
        "proof": [step.hex() for step in nodes.inclusion(session, actor.district_code, entry.index, size)],
        "head": dict(head_of(session, actor.district_code, size, now)),
        "public_key": _public_key(),
    }


def hashed_fields(entry: TrailEntry) -> dict[str, Any]:
    """The leaf of a stored entry."""
    return {
        "v": leaf.FORMAT,
        "log": leaf.log_name(entry.district_code),
        "index": entry.index,
        "id": entry.event_id,
        "event": entry.event,
        "source": entry.source,
        "subject": entry.subject,
        "version": entry.subject_version,
        "time": leaf.instant(entry.occurred_at),
        "commitment": entry.commitment.hex(),
    }


def get_consistency(session: Session, *, actor: Actor, first: int, second: int | None = None) -> dict[str, Any]:
    """Proof that the log only grew between two sizes."""
    district = actor.district_code
    size = nodes.size_of(session, district)
    later = size if second is None else second
    if not 1 <= first <= later <= size:
        raise InvalidError(DeliveryCode.TRAIL_SIZES_INVALID, size=size)
    return {
        "log": leaf.log_name(district),
        "first": first,
        "second": later,
        "first_root": nodes.root(session, district, first).hex(),
        "second_root": nodes.root(session, district, later).hex(),
        "proof": [step.hex() for step in nodes.consistency(session, district, first, later)],
    }


def _public_key() -> str:
    return keys.public_bytes(keys.signing_key()).hex()
