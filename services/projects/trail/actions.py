"""Writing the trail: hear an event, hold it while an earlier one is missing, append it, erase payloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from chassis.errors import NotFoundError
from chassis.events import Envelope
from contracts import parties
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.trail import waiting
from services.projects.trail.appending import Appender
from services.projects.trail.models import TrailEntry

# Events after which the earlier ones of their subject say nothing any more.
ERASING = frozenset({"account_erased"})


def hear_events(session: Session, *, envelopes: Sequence[Envelope]) -> None:
    """Append events of one district, each in its aggregate's order; those ahead wait, older duplicates are ignored."""
    _place(session, envelopes, tombstone=False)


def discard_event(session: Session, *, envelope: Envelope, reason: str) -> None:
    """A parked event that an operator discarded: a tombstone keeps its place, so that later ones are not held up.

    It says whom the event concerned, as far as that can be read: a street must not see more through a tombstone.
    """
    kept: dict[str, Any] = {
        name: envelope.payload[name] for name in ("street_codes", *parties.FIELDS) if name in envelope.payload
    }
    lost = replace(envelope, payload={**kept, "discarded": True, "reason": reason})
    _place(session, [lost], tombstone=True)


def lock_log(session: Session, district_code: str) -> None:
    """Appends of a district happen one after the other, whoever makes them."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"trail/{district_code}"}
    )


def _place(session: Session, envelopes: Sequence[Envelope], *, tombstone: bool) -> None:
    district = envelopes[0].district_code
    lock_log(session, district)
    room = waiting.room(session, district, {waiting.aggregate(envelope) for envelope in envelopes})
    appender = Appender(session, district)
    erasures: list[tuple[Envelope, int]] = []
    for envelope in envelopes:
        for ready, lost in room.admit(envelope, tombstone=tombstone):
            index = appender.append(ready, tombstone=lost)
            if ready.name in ERASING and not lost:
                erasures.append((ready, index))
    appender.write()
    room.write(session)
    for erasing, index in erasures:
        _erase_before(session, erasing, index)


def _erase_before(session: Session, envelope: Envelope, index: int) -> None:
    """What was told of a person until its erasure (where they live, say) goes; every leaf and proof stays."""
    earlier = update(TrailEntry).where(
        TrailEntry.district_code == envelope.district_code,
        TrailEntry.source == envelope.source,
        TrailEntry.subject == envelope.subject,
        TrailEntry.index < index,
    )
    session.execute(earlier.values(payload=None, salt=None))


def erase_payload(session: Session, *, district_code: str, index: int) -> None:
    """Erase who and what of an entry; commitment, leaf and every proof stay as they are."""
    entry = session.get(TrailEntry, (district_code, index), with_for_update=True)
    if entry is None:
        raise NotFoundError(DeliveryCode.TRAIL_ENTRY_NOT_FOUND)
    entry.payload = entry.salt = entry.actor_account_id = entry.actor_role = entry.organisation_id = None
    entry.organisation_ids = []
