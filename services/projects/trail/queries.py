"""Reading the trail: entries in scope, heads, receipts, consistency proofs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, true
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
from services.projects.redirects.queries import with_absorbed
from services.projects.trail import keys, leaf, nodes
from services.projects.trail.models import TrailEntry, TrailHead
from services.projects.trail.models_heads import TrailKey

REVIEWERS_ONLY = ("judges_assigned", "conflict_declared")
_PUBLIC_KEYS: dict[str, str] = {}
_ENTRY, _HEAD = TrailEntry.__table__, TrailHead.__table__
_OTHER = _ENTRY.alias()
_NEWEST = (
    select(_HEAD)
    .where(_HEAD.c.district_code == _ENTRY.c.district_code)
    .order_by(_HEAD.c.size.desc())
    .limit(1)
    .lateral("newest")
)
_LAST = select(func.max(_OTHER.c.index)).where(_OTHER.c.district_code == _ENTRY.c.district_code).scalar_subquery()
# All that a receipt needs beside the tree, in one statement: the entry, the log's end and the newest kept head.
_RECEIPT = select(
    *(_ENTRY.c.district_code, _ENTRY.c.index, _ENTRY.c.event_id, _ENTRY.c.event, _ENTRY.c.source, _ENTRY.c.subject),
    *(_ENTRY.c.subject_version, _ENTRY.c.occurred_at, _ENTRY.c.payload, _ENTRY.c.salt, _ENTRY.c.commitment),
    *(_ENTRY.c.leaf_hash, _LAST.label("last"), _NEWEST.c.size.label("head_size")),
    *(_NEWEST.c[name] for name in leaf.HEAD_FIELDS if name != "size"),
).outerjoin_from(_ENTRY, _NEWEST, true())


def visible(session: Session, statement: Select[Any], actor: Actor) -> Select[Any]:
    """Entries of the actor's streets and district-wide ones; who supervises sees all of them, a hub those of the
    organisations in its care or of nobody in particular, others what they did themselves. An organisation sees every
    entry that names it as a party, in whatever street."""
    statement = statement.where(TrailEntry.district_code == actor.district_code)
    here = _in_streets(actor)
    if actor.role in roles.READERS and actor.role != roles.HUB:
        return statement.where(here)
    own: ColumnElement[bool] = TrailEntry.actor_account_id == actor.account_id
    seen = and_(here, or_(own, _in_care(session, actor)) if actor.role == roles.HUB else own)
    if actor.organisation_id is not None:
        ours = with_absorbed(session, actor.district_code, [actor.organisation_id])
        seen = or_(seen, TrailEntry.organisation_ids.has_any(cast(array(ours), ARRAY(TEXT))))
    return statement.where(seen)


def _in_streets(actor: Actor) -> ColumnElement[bool]:
    if not actor.street_codes:
        return true()
    mine = TrailEntry.street_codes.has_any(cast(array(actor.street_codes), ARRAY(TEXT)))
    return or_(mine, func.jsonb_array_length(TrailEntry.street_codes) == 0)


def _in_care(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Entries of an aggregate that names an organisation in the hub's care, or none; not who judges whom."""
    own = session.scalars(select(KnownOrganisation.id).where(in_care(KnownOrganisation.id, actor)))
    cared = with_absorbed(session, actor.district_code, own)
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
    kept = kept_head(session, district_code, size)
    return kept or _signed(district_code, size, nodes.root(session, district_code, size), now)


def kept_head(session: Session, district_code: str, size: int) -> Mapping[str, Any] | None:
    """The head of this size that was signed and kept."""
    kept = session.get(TrailHead, (district_code, size))
    return None if kept is None else {name: getattr(kept, name) for name in leaf.HEAD_FIELDS}


def _signed(district_code: str, size: int, root: bytes, now: datetime) -> Mapping[str, Any]:
    return keys.sign_head(keys.signing_key(), log=leaf.log_name(district_code), size=size, root=root, now=now)


def get_trail_head(session: Session, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """The head of the log as it is now."""
    head = head_of(session, actor.district_code, nodes.size_of(session, actor.district_code), now)
    public_key = public_key_of(session, actor.district_code, head["key_id"])
    return {"log": leaf.log_name(actor.district_code), **head, "public_key": public_key}


def get_receipt(
    session: Session, *, actor: Actor, now: datetime, index: int | None = None, event_id: str | None = None
) -> dict[str, Any]:
    """Receipt format version 1 of one entry, against the head as it is now."""
    if (index is None) == (event_id is None):
        raise InvalidError(ChassisCode.REQUEST_INVALID, fields={"index": ["Give index or event_id."]})
    wanted = TrailEntry.index == index if event_id is None else TrailEntry.event_id == event_id
    statement = visible(session, _RECEIPT, actor).where(wanted)
    entry = session.connection().execute(statement).one_or_none()
    if entry is None:
        raise NotFoundError(DeliveryCode.TRAIL_ENTRY_NOT_FOUND)
    proof, head = _proven(session, entry, now)
    return {
        "version": leaf.FORMAT,
        "log": leaf.log_name(actor.district_code),
        "index": entry.index,
        "entry": hashed_fields(entry),
        "leaf_hash": entry.leaf_hash.hex(),
        "salt": None if entry.salt is None else entry.salt.hex(),
        "payload": None if entry.payload is None else json.loads(entry.payload),
        "proof": [step.hex() for step in proof],
        "head": dict(head),
        "public_key": public_key_of(session, actor.district_code, head["key_id"]),
    }


def _proven(session: Session, entry: Any, now: datetime) -> tuple[list[bytes], Mapping[str, Any]]:
    """The proof of a row of ``_RECEIPT``, and the head it leads to: the kept one of that size, or one signed now."""
    district, size = entry.district_code, entry.last + 1
    kept: Mapping[str, Any] | None = None
    if entry.head_size == size:
        kept = {"size": size} | {name: getattr(entry, name) for name in leaf.HEAD_FIELDS if name != "size"}
    elif (entry.head_size or 0) > size:  # rows are missing at the log's end
        kept = kept_head(session, district, size)
    if kept is not None:
        return nodes.inclusion(session, district, entry.index, size), kept
    proof, root = nodes.inclusion_with_root(session, district, entry.index, size)
    return proof, _signed(district, size, root, now)


def hashed_fields(entry: TrailEntry | Row[Any]) -> dict[str, Any]:
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
    proof, first_root, second_root = nodes.consistency_with_roots(session, district, first, later)
    return {
        "log": leaf.log_name(district),
        "first": first,
        "second": later,
        "first_root": first_root.hex(),
        "second_root": second_root.hex(),
        "proof": [step.hex() for step in proof],
    }


def public_key_of(session: Session, district_code: str, key_id: str) -> str:
    """The public half of the key that signed a head: this process's own, or one that was used before.

    A key's id is its hash, so what was once found for an id is remembered.
    """
    known = _PUBLIC_KEYS.get(key_id)
    if known is not None:
        return known
    kept = session.get(TrailKey, (district_code, key_id))
    public = kept.public_key if kept is not None else keys.public_bytes(keys.signing_key()).hex()
    if leaf.key_id(bytes.fromhex(public)) == key_id:
        _PUBLIC_KEYS[key_id] = public
    return public
