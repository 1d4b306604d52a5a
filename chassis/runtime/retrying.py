"""What is on its way through the retry tiers, per service: the tiers' queues are shared and cannot be counted so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from chassis import clock, ids, logging
from chassis.tables import Retrying

log = logging.get(__name__)


def note(sessions: sessionmaker[Session], *, queue: str, event_id: Any, seconds: int, **about: Any) -> None:
    """Remember that an event comes back to ``queue`` within ``seconds``; ``about``: attempt, error, fingerprint.

    Best effort, in a transaction of its own: the message itself is safe with the broker.
    """
    if not ids.is_id("evt", event_id):
        return
    now = clock.system_now()
    row = {**about, "due_at": now + timedelta(seconds=seconds), "updated_at": now}
    statement = insert(Retrying).values(queue=queue, event_id=event_id, **row)
    try:
        with sessions.begin() as session:
            session.execute(statement.on_conflict_do_update(index_elements=["queue", "event_id"], set_=row))
    except Exception as failure:
        log.warning("retry_not_noted", queue=queue, event_id=event_id, error=repr(failure))


def forget(session: Session, *, queue: str, event_id: str | None) -> None:
    """It was applied or parked, in this transaction."""
    if ids.is_id("evt", event_id):
        session.execute(delete(Retrying).where(Retrying.queue == queue, Retrying.event_id == event_id))
