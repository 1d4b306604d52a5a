"""The relay's other work: parked messages whose replay was asked for go back to the queue they failed in.

Read, publish with a confirm, mark. A crash between the last two publishes again: the inbox makes that harmless, and
if it fails again both copies park as the same row, because both carry the same replay header.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

import amqp
from amqp.serialization import dumps

from chassis import clock, ids, logging
from chassis.runtime.parked import cutoffs
from chassis.runtime.parking import ATTEMPT, ERROR, FINGERPRINT, REPLAY
from chassis.runtime.publisher import BrokerAwayError, Publisher

log = logging.get(__name__)
BATCH = 50
PAUSE_SECONDS = 1.0
REFUSED_SECONDS = 5.0
HEADERS_LIMIT = 100_000  # they travel in one frame, of 128 KiB at most
# One of each event: the broker tells of a returned message by its message id.
_ASKED = """
SELECT DISTINCT ON (coalesce(event_id, id::text)) id, queue, event_id, headers, content_type, body,
    parked_at < %s OR coalesce(event_id LIKE 'evt\\_%%' AND event_id COLLATE "C" < %s, false)
FROM parked WHERE asked_at IS NOT NULL AND settled_at IS NULL
ORDER BY coalesce(event_id, id::text), asked_at LIMIT %s
"""
_SENT = """
UPDATE parked SET settled_at = clock_timestamp(), settled_as = 'replayed', settled_by = asked_by
WHERE id = ANY(%s::uuid[]) AND settled_at IS NULL
"""
_REFUSED = """
UPDATE parked SET asked_at = NULL, asked_by = NULL, refusal = %s WHERE id = %s::uuid AND settled_at IS NULL
"""


@dataclass(frozen=True)
class Asked:
    """A parked row whose replay was asked for. ``id`` as the database writes it."""

    id: str
    queue: str
    event_id: str | None
    headers: dict[str, Any]
    content_type: str | None
    body: bytes
    late: bool

    @property
    def parked_id(self) -> str:
        return ids.encode("prk", uuid.UUID(self.id))

    @property
    def message_id(self) -> str:
        return self.event_id or self.parked_id

    def fresh_headers(self) -> dict[str, Any]:
        """The message's own, as if it had never failed; and which replay it is."""
        own = {name: value for name, value in self.headers.items() if name not in (ATTEMPT, ERROR, FINGERPRINT)}
        return own | {REPLAY: self.parked_id}

    def message(self) -> amqp.Message:
        headers = self.fresh_headers()
        known = {"content_type": self.content_type, "type": headers.get("cloudEvents_type")}
        return amqp.Message(
            self.body,
            delivery_mode=2,
            message_id=self.message_id,
            application_headers=headers,
            **{name: value for name, value in known.items() if _is_short(value)},
        )

    def flaw(self) -> str | None:
        """Why it cannot be sent; one such row must not keep the relay from everything else."""
        if self.late:
            return "past its retention"
        try:
            size = len(dumps("F", [self.fresh_headers()]))
        except Exception as error:
            return f"headers cannot be sent: {type(error).__name__}"
        return "headers are too large for a frame" if size > HEADERS_LIMIT else None


class Replays:
    """Part of the relay: its database session, its publisher, its lock."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._next = 0.0

    def pump(self, database: Any, *, busy: bool) -> int:
        """Send what was asked for; returns how many were dealt with. A busy outbox lets it look once a second."""
        if time.monotonic() < self._next:
            return 0
        self._next = time.monotonic() + PAUSE_SECONDS if busy else 0.0
        asked = read_asked(database)
        refusals = {one.id: why for one in asked if (why := one.flaw())}
        good = [one for one in asked if one.id not in refusals]
        refused = self._publish(good)
        mark_sent(database, [one.id for one in good if one.id not in refused])
        refusals |= {key: why for key, why in refused.items() if why.startswith("returned")}
        for key, why in refusals.items():
            refuse(database, key, why)
        waiting = [key for key in refused if key not in refusals]
        if waiting:
            self._next = time.monotonic() + REFUSED_SECONDS
        return len(asked) - len(waiting)

    def _publish(self, good: list[Asked]) -> dict[str, str]:
        """A failure here must not hold up the outbox: if the broker is away, that will say so itself."""
        if not good:
            return {}
        try:
            return self._publisher.publish((one.id, "", one.queue, one.message(), True) for one in good)
        except BrokerAwayError as error:
            log.warning("replays_wait", error=repr(error))
            return {one.id: "not confirmed" for one in good}


def read_asked(database: Any) -> list[Asked]:
    """``database``: a psycopg2 connection."""
    with database.cursor() as cursor:
        cursor.execute(_ASKED, (*cutoffs(clock.system_now()), BATCH))
        rows = cursor.fetchall()
    return [Asked(str(row[0]), row[1], row[2], row[3], row[4], bytes(row[5]), row[6]) for row in rows]


def mark_sent(database: Any, sent: list[str]) -> None:
    """Settled: the broker has it."""
    if not sent:
        return
    with database.cursor() as cursor:
        cursor.execute(_SENT, (sent,))
    log.info("parked_replayed", count=len(sent))


def refuse(database: Any, key: str, why: str) -> None:
    """Back among those that wait, with the reason: the operator decides again."""
    with database.cursor() as cursor:
        cursor.execute(_REFUSED, (why, key))
    log.warning("replay_refused", parked_id=ids.encode("prk", uuid.UUID(key)), reason=why)


def _is_short(value: object) -> bool:
    """Fits an AMQP short string."""
    return isinstance(value, str) and len(value.encode()) <= 255
