"""The relay: a plain process per database that publishes the outbox, confirmed, and marks what the broker has taken."""

from __future__ import annotations

import contextlib
import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import amqp
import msgspec
import psycopg2

from chassis import config, crash, db, logging
from chassis.events import TYPES
from chassis.outbox import CHANNEL
from chassis.runtime.publisher import BrokerAwayError, Publisher
from chassis.runtime.replay import Replays
from chassis.runtime.service import Service

log = logging.get(__name__)
BATCH = 1000
IN_A_ROW = 20  # batches
POLL_SECONDS = 1.0
LOCK = 0x464F4F54  # "FOOT": the advisory lock of a database's one working relay
_UNSENT = """
SELECT id, name, district_code, headers::text, payload::text FROM outbox
WHERE sent_at IS NULL AND NOT id = ANY(%s::uuid[]) ORDER BY position LIMIT %s
"""
_MARK = "BEGIN; UPDATE outbox SET sent_at = clock_timestamp() WHERE id = ANY(%s::uuid[]) AND sent_at IS NULL"


@dataclass(frozen=True)
class Unsent:
    """A row of the outbox that waits."""

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


class Relay:
    """Database and broker in short steps: read, publish, mark. No transaction is held across the network."""

    def __init__(self, service: Service, stopping: Callable[[], bool]) -> None:
        self._service = service
        self._stopping = stopping
        self._database: Any = None
        self._publisher = Publisher(config.AMQP_URI.get(), stopping=stopping)
        self._replays = Replays(self._publisher)
        self._held: dict[str, tuple[float, int]] = {}
        self._sent: list[Unsent] = []  # published, not yet confirmed
        self._ahead: list[Unsent] = []
        self._in_row = 0

    def run(self) -> None:
        """Until asked to stop. Whatever is away is waited for."""
        wait = 0.2
        while not self._stopping():
            try:
                self._work()
                wait = 0.2
            except (BrokerAwayError, psycopg2.Error, OSError) as error:
                log.warning("relay_waits", error=repr(error).splitlines()[0], seconds=wait)
                self._close()
                self._pause(wait)
                wait = min(wait * 2, 5.0)
        self._close()

    def _work(self) -> None:
        self._connect()
        if not self._locked():
            self._pause(POLL_SECONDS)
            return
        log.info("relaying", database=self._service.database_name)
        while not self._stopping() or self._sent:
            sent = self._pump()
            if self._sent:
                continue
            if not self._replays.pump(self._database, busy=sent > 0) and not sent:
                self._wait_for_news()

    def _connect(self) -> None:
        if self._database is not None and not self._database.closed:
            return
        url = db.database_url(self._service.database_name).set(drivername="postgresql")
        self._database = psycopg2.connect(
            url.render_as_string(hide_password=False),
            connect_timeout=5,
            options=f"-c statement_timeout={config.STATEMENT_TIMEOUT.get()}",
            application_name=f"{self._service.database_name}-relay",
        )
        self._database.autocommit = True

    def _locked(self) -> bool:
        """The lock lives as long as this database session, which also reads and marks: no session, no publishing."""
        with self._database.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))
            got: bool = cursor.fetchone()[0]
            if got:
                cursor.execute(f"LISTEN {CHANNEL}")
        return got

    def _pump(self) -> int:
        """One batch; returns how many the broker has taken.

        While the broker works on a batch, the one before it is marked and the one after it is read.
        """
        batch = self._sent or self._send(self._read())
        if not batch:
            self._publisher.keep_alive()
            return 0
        refused = self._publisher.settle()
        crash.point("relay.after_confirm")
        self._sent = self._send(self._ahead)
        taken = [row.id for row in batch if row.id not in refused]
        self._mark(taken)
        self._hold(batch, refused)
        self._in_row = self._in_row + 1 if self._sent else 0
        # a backlog is worked off without a pause, but for replays, which take a turn now and then
        full = len(batch) == BATCH and self._in_row < IN_A_ROW
        self._ahead = self._read() if full else []
        return len(batch)

    def _send(self, batch: list[Unsent]) -> list[Unsent]:
        if batch and not self._stopping():
            crash.point("relay.before_publish")
            self._publisher.send(
                (row.id, self._exchange(row.name), f"{row.district_code}.{row.name}", row.message(), _handled(row.name))
                for row in batch
            )
            return batch
        return []

    def _exchange(self, name: str) -> str:
        kind = TYPES.get(name)
        return kind.exchange if kind else f"{self._service.name}.events"

    def _read(self) -> list[Unsent]:
        now = time.monotonic()
        held = [key for key, (until, _) in self._held.items() if until > now]
        held += [row.id for row in self._sent]
        with self._database.cursor() as cursor:
            cursor.execute(_UNSENT, (held, BATCH))
            return [
                Unsent(str(row[0]), row[1], row[2], msgspec.json.decode(row[3]), row[4].encode())
                for row in cursor.fetchall()
            ]

    def _mark(self, sent: list[str]) -> None:
        if sent:
            with self._database.cursor() as cursor:
                cursor.execute(_MARK, (sent,))
                crash.point("relay.mid_mark")
                cursor.execute("COMMIT")
            for key in sent:
                self._held.pop(key, None)

    def _hold(self, batch: list[Unsent], refused: dict[str, str]) -> None:
        """What was returned or refused stays unsent and visible, and does not block what follows."""
        for row in batch:
            if row.id in refused:
                tries = self._held.get(row.id, (0.0, 0))[1] + 1
                self._held[row.id] = (time.monotonic() + min(2.0**tries, 30.0), tries)
                known = {"name": row.name, "event_id": row.headers["cloudEvents_id"], "tries": tries}
                trace = row.headers.get("cloudEvents_correlationid")
                log.warning("event_not_taken", **known, trace_id=trace, reason=refused[row.id])

    def _wait_for_news(self) -> None:
        """NOTIFY wakes it; the poll backs that up."""
        if not self._database.notifies:
            ready, _, _ = select.select([self._database], [], [], POLL_SECONDS)
            if ready:
                self._database.poll()
        self._database.notifies.clear()

    def _pause(self, seconds: float) -> None:
        limit = time.monotonic() + seconds
        while not self._stopping() and time.monotonic() < limit:
            time.sleep(min(0.2, seconds))

    def _close(self) -> None:
        self._sent, self._ahead = [], []
        self._publisher.close()
        database, self._database = self._database, None
        if database is not None:
            with contextlib.suppress(psycopg2.Error):
                database.close()


def _handled(name: str) -> bool:
    """Events with a handler are published mandatory; a return leaves them unsent."""
    kind = TYPES.get(name)
    return kind is not None and bool(kind.handled_by)
