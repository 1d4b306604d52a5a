"""Writing the trail: hear an event, hold it while an earlier one is missing, append it, sign heads, erase payloads."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import NotFoundError
from chassis.events import Envelope
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.trail import keys, leaf, merkle, nodes
from services.projects.trail.models import TrailEntry, TrailHead, TrailNode, TrailWaiting


def hear_event(session: Session, *, envelope: Envelope) -> None:
    """Append the event in its aggregate's order; one that is ahead waits, an older duplicate is ignored."""
    _place(session, envelope, tombstone=False)


def discard_event(session: Session, *, envelope: Envelope, reason: str) -> None:
    """A parked event that an operator discarded: a tombstone keeps its place, so that later ones are not held up.

    It says whom the event concerned, as far as that can be read: a street must not see more through a tombstone.
    """
    kept: dict[str, Any] = {
        name: envelope.payload[name] for name in ("street_codes", "organisation_id") if name in envelope.payload
    }
    _place(session, replace(envelope, payload={**kept, "discarded": True, "reason": reason}), tombstone=True)


def lock_log(session: Session, district_code: str) -> None:
    """Appends of a district happen one after the other, whoever makes them."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"trail/{district_code}"}
    )


def next_version(session: Session, envelope: Envelope) -> int:
    """The version the aggregate's next entry must have. Versions are counted per service, so by source too."""
    last = session.scalar(
        select(func.max(TrailEntry.subject_version)).where(
            TrailEntry.district_code == envelope.district_code,
            TrailEntry.source == envelope.source,
            TrailEntry.subject == envelope.subject,
        )
    )
    return (last or 0) + 1


def append_entry(session: Session, *, envelope: Envelope, tombstone: bool = False) -> int:
    """Append one leaf with the nodes it completes; returns its index. The log must be locked."""
    district = envelope.district_code
    index = nodes.size_of(session, district)
    salt, payload = secrets.token_bytes(leaf.SALT_BYTES), leaf.document(envelope.actor, envelope.payload)
    committed = leaf.commitment(salt, payload)
    hashed = merkle.leaf_hash(leaf.leaf_bytes(leaf_of(envelope, index, committed)))
    row = {"index": index, "payload": payload, "salt": salt, "commitment": committed, "leaf_hash": hashed}
    session.execute(insert(TrailEntry).values(**row, tombstone=tombstone, **_facts(envelope)))
    node = nodes.fetch(session, district, merkle.left_siblings(index))
    made = [
        {"district_code": district, "level": level, "index": position, "hash": digest}
        for level, position, digest in merkle.completed(index, hashed, node)
        if level > 0
    ]
    if made:
        session.execute(insert(TrailNode), made)
    return index


def leaf_of(envelope: Envelope, index: int, committed: bytes) -> dict[str, Any]:
    """The hashed fields of an entry."""
    return {
        "v": leaf.FORMAT,
        "log": leaf.log_name(envelope.district_code),
        "index": index,
        "id": envelope.id,
        "event": envelope.name,
        "source": envelope.source,
        "subject": envelope.subject,
        "version": envelope.subject_version,
        "time": leaf.instant(envelope.occurred_at),
        "commitment": committed.hex(),
    }


def sign_current_head(session: Session, *, district_code: str, now: datetime) -> int:
    """Sign and keep the head of the log as it is; returns its size. Nothing is signed twice."""
    size = nodes.size_of(session, district_code)
    known = session.get(TrailHead, (district_code, size))
    if size == 0 or known is not None:
        return size
    root = nodes.root(session, district_code, size)
    head = keys.sign_head(keys.signing_key(), log=leaf.log_name(district_code), size=size, root=root, now=now)
    session.execute(upsert(TrailHead).values(district_code=district_code, **head).on_conflict_do_nothing())
    return size


def erase_payload(session: Session, *, district_code: str, index: int) -> None:
    """Erase who and what of an entry; commitment, leaf and every proof stay as they are."""
    entry = session.get(TrailEntry, (district_code, index), with_for_update=True)
    if entry is None:
        raise NotFoundError(DeliveryCode.TRAIL_ENTRY_NOT_FOUND)
    entry.payload = entry.salt = entry.actor_account_id = entry.actor_role = entry.organisation_id = None


def _facts(envelope: Envelope) -> dict[str, Any]:
    organisation_id = envelope.payload.get("organisation_id")
    return {
        "district_code": envelope.district_code,
        "event_id": envelope.id,
        "event": envelope.name,
        "source": envelope.source,
        "subject": envelope.subject,
        "subject_version": envelope.subject_version,
        "occurred_at": envelope.occurred_at,
        "street_codes": list(envelope.payload.get("street_codes") or []),
        "organisation_id": organisation_id if isinstance(organisation_id, str) else None,
        "actor_account_id": envelope.actor.get("account_id"),
        "actor_role": envelope.actor.get("role"),
        "appended_at": clock.system_now(),
    }


def _place(session: Session, envelope: Envelope, *, tombstone: bool) -> None:
    lock_log(session, envelope.district_code)
    expected = next_version(session, envelope)
    if envelope.subject_version > expected:
        _hold(session, envelope, tombstone)
    elif envelope.subject_version == expected:
        append_entry(session, envelope=envelope, tombstone=tombstone)
        _append_waiting(session, envelope)


def _hold(session: Session, envelope: Envelope, tombstone: bool) -> None:
    row = {
        "district_code": envelope.district_code,
        "source": envelope.source,
        "subject": envelope.subject,
        "subject_version": envelope.subject_version,
        "event_id": envelope.id,
        "envelope": msgspec.json.encode(envelope).decode(),
        "tombstone": tombstone,
        "held_at": clock.system_now(),
    }
    session.execute(upsert(TrailWaiting).values(**row).on_conflict_do_nothing())


def _append_waiting(session: Session, envelope: Envelope) -> None:
    """Release what waited for this one, as far as there is no further gap."""
    version = envelope.subject_version
    while True:
        version += 1
        held = session.execute(
            delete(TrailWaiting)
            .where(
                TrailWaiting.district_code == envelope.district_code,
                TrailWaiting.source == envelope.source,
                TrailWaiting.subject == envelope.subject,
                TrailWaiting.subject_version == version,
            )
            .returning(TrailWaiting.envelope, TrailWaiting.tombstone)
        ).one_or_none()
        if held is None:
            return
        waiting = msgspec.json.decode(held.envelope.encode(), type=Envelope)
        append_entry(session, envelope=waiting, tombstone=held.tombstone)
