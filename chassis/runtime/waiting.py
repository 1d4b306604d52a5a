"""What waits in an outbox: read in its order, and taken off the list once the broker has confirmed it.

The list is a table of positions beside the outbox: an event's own row, wide and with several indexes, is written once.
Both statements are for a psycopg2 cursor; the caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import amqp
import msgspec

# LATERAL with OFFSET 0: whatever the planner believes of a list that fills and empties, it reads the list's index and
# then one row of the outbox by position, for each of the few that are asked for.
READ = """
SELECT event.position, event.id, event.name, event.district_code, event.headers::text, event.payload::text
FROM (
    SELECT position FROM outbox_waiting WHERE NOT position = ANY(%s::bigint[]) ORDER BY position LIMIT %s
) AS waiting
CROSS JOIN LATERAL (SELECT * FROM outbox WHERE outbox.position = waiting.position OFFSET 0) AS event
ORDER BY waiting.position
"""
# Only what was taken off just now is noted: to mark twice changes nothing.
MARK = """
WITH taken AS (
    DELETE FROM outbox_waiting WHERE position = ANY(%s::bigint[]) RETURNING position
)
INSERT INTO outbox_sent (sent_at, first_position, positions)
SELECT clock_timestamp(), min(position), range_agg(int8range(position, position, '[]')) FROM taken HAVING count(*) > 0
"""
# To plan them costs more than to run them for one event; a session that stays prepares them once.
PREPARE = f"PREPARE read_waiting AS {READ % ('$1', '$2')}; PREPARE mark_waiting AS {MARK % '$1'}"
_READ_PREPARED, _MARK_PREPARED = "EXECUTE read_waiting (%s, %s)", "EXECUTE mark_waiting (%s)"


@dataclass(frozen=True)
class Unsent:
    """An event that waits. ``id`` as the database writes it."""

    position: int
    id: str
    name: str
    district_code: str
    headers: dict[str, Any]
    body: bytes

    def message(self) -> amqp.Message:
        return amqp.Message(
            self.body,
            content_type="application/json",
            delivery_mode=2,
            message_id=self.headers["cloudEvents_id"],
            type=self.name,
            application_headers=self.headers,
        )


def read(cursor: Any, *, beside: Collection[int], limit: int, prepared: bool = False) -> list[Unsent]:
    """The first that wait, but for some positions. ``prepared``: the session has run :data:`PREPARE`."""
    cursor.execute(_READ_PREPARED if prepared else READ, (list(beside), limit))
    return [
        Unsent(row[0], str(row[1]), row[2], row[3], msgspec.json.decode(row[4]), row[5].encode())
        for row in cursor.fetchall()
    ]


def mark(cursor: Any, positions: Collection[int]) -> None:
    """They wait no longer; when that was, and of which, is one row."""
    cursor.execute(MARK, (list(positions),))


def begin_mark(cursor: Any, positions: Collection[int]) -> None:
    """:func:`mark` in a transaction that begins with it, in one trip; the session has run :data:`PREPARE`."""
    cursor.execute(f"BEGIN; {_MARK_PREPARED}", (list(positions),))
