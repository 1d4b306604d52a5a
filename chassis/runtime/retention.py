"""Pruning: what the settings no longer keep goes, a bounded batch at a time."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis import clock, config, ids
from chassis.tables import (
    SENT_AT,
    WAITS,
    CommandLog,
    InboxEvent,
    OutboxEvent,
    OutboxSent,
    Parked,
    Retrying,
    RevokedSession,
)

BATCH = 10_000


def check() -> None:
    """A message may be replayed from parking after it waited in an outbox: the inbox must remember it longer."""
    if config.INBOX_DAYS.get() <= config.PARKED_DAYS.get() + config.OUTBOX_DAYS.get():
        raise SystemExit(
            "INBOX_RETENTION_DAYS must exceed PARKED_RETENTION_DAYS + OUTBOX_RETENTION_DAYS: "
            "else a late replay could double an effect."
        )


def prune(session: Session) -> int:
    """Old inbox rows, sent events, stored replies and settled parked messages; what waits is never pruned.

    Rows of ``retrying`` that outlived their time by a day were left behind by a note that came too late.
    """
    now = clock.system_now()
    outbox, parked = (now - timedelta(days=days.get()) for days in (config.OUTBOX_DAYS, config.PARKED_DAYS))
    inbox, commands = (now - timedelta(days=days.get()) for days in (config.INBOX_DAYS, config.COMMAND_DAYS))
    sent = (~WAITS, func.coalesce(outbox > SENT_AT, True))  # of an old event whose batch went first nobody knows when
    return sum(
        (
            _drop(session, InboxEvent, InboxEvent.event_id, InboxEvent.received_at < inbox),
            _drop(session, OutboxEvent, OutboxEvent.id, OutboxEvent.id < first_id(outbox), *sent),
            _drop(session, OutboxSent, OutboxSent.first_position, OutboxSent.sent_at < outbox),
            _drop(session, CommandLog, CommandLog.command_id, CommandLog.done_at < commands),
            _drop(session, Parked, Parked.id, Parked.settled_at < parked),
            _drop(session, Retrying, Retrying.event_id, Retrying.due_at < now - timedelta(days=1)),
            _drop(session, RevokedSession, RevokedSession.session_id, RevokedSession.until < now),
        )
    )


def _drop(session: Session, model: Any, key: InstrumentedAttribute[Any], *old: Any) -> int:
    found = select(key).where(*old).limit(BATCH)
    gone: Any = session.execute(delete(model).where(key.in_(found), *old))
    return int(gone.rowcount)


def first_id(instant: datetime) -> str:
    """Event ids sort by time: the primary key finds the old ones."""
    return ids.encode("evt", uuid.UUID(int=int(instant.timestamp() * 1000) << 80))
