"""The relay: a plain process per database that publishes what waits in the outbox, with confirms, and marks it sent."""

from __future__ import annotations

import contextlib
import select
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import psycopg2

from chassis import config, crash, db, logging
from chassis.events import TYPES
from chassis.outbox import CHANNEL
from chassis.runtime.publisher import BrokerAwayError, Publisher
from chassis.runtime.replay import Replays
from chassis.runtime.service import Service
from chassis.runtime.waiting import PREPARE, Unsent, begin_mark, read

log = logging.get(__name__)
BATCH = 1000
ON_THE_WIRE = 2  # batches: the broker never waits for the next one
IN_A_ROW = 20  # batches
POLL_SECONDS = 1.0
LOCK = 0x464F4F54  # "FOOT": the advisory lock of a database's one working relay


class Relay:
    """Database and broker in short steps: read, publish, mark. No transaction is held across the network."""

    def __init__(self, service: Service, stopping: Callable[[], bool]) -> None:
        self._service = service
        self._stopping = stopping
        self._database: Any = None
        self._publisher = Publisher(config.AMQP_URI.get(), stopping=stopping)
        self._replays = Replays(self._publisher)
        self._held: dict[int, tuple[float, int]] = {}  # position: until when, after how many tries
        self._sent: deque[tuple[list[Unsent], int]] = deque()  # batches on the wire, with what they are settled by
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
        with self._database.cursor() as cursor:
            cursor.execute(PREPARE)

    def _locked(self) -> bool:
        """The lock lives as long as this database session, which also reads and marks: no session, no publishing."""
        with self._database.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))
            got: bool = cursor.fetchone()[0]
            if got:
                cursor.execute(f"LISTEN {CHANNEL}")
        return got

    def _pump(self) -> int:
        """One batch; returns how many the broker has taken or refused.

        Another batch is on the wire meanwhile: the broker works while the one before it is marked and one more is read.
        """
        if not self._sent:
            self._in_row = 0
        while self._may_send() and self._send(self._read()):
            pass
        if not self._sent:
            self._publisher.keep_alive()
            return 0
        batch, last = self._sent[0]
        refused = self._publisher.settle(last)
        crash.point("relay.after_confirm")
        self._sent.popleft()
        self._mark([row.position for row in batch if row.id not in refused])
        self._hold(batch, refused)
        return len(batch)

    def _may_send(self) -> bool:
        """A backlog is worked off without a pause, but for replays, which take a turn now and then."""
        if self._stopping():
            return False
        full = len(self._sent) < ON_THE_WIRE and all(len(batch) == BATCH for batch, _ in self._sent)
        return full and self._in_row < IN_A_ROW

    def _send(self, batch: list[Unsent]) -> bool:
        if not batch:
            return False
        crash.point("relay.before_publish")
        last = self._publisher.send(
            (row.id, self._exchange(row.name), f"{row.district_code}.{row.name}", row.message(), _handled(row.name))
            for row in batch
        )
        self._sent.append((batch, last))
        self._in_row += 1
        return True

    def _exchange(self, name: str) -> str:
        kind = TYPES.get(name)
        return kind.exchange if kind else f"{self._service.name}.events"

    def _read(self) -> list[Unsent]:
        now = time.monotonic()
        held = [key for key, (until, _) in self._held.items() if until > now]
        on_the_wire = (row.position for batch, _ in self._sent for row in batch)
        with self._database.cursor() as cursor:
            return read(cursor, beside=[*held, *on_the_wire], limit=BATCH, prepared=True)

    def _mark(self, sent: list[int]) -> None:
        if sent:
            with self._database.cursor() as cursor:
                begin_mark(cursor, sent)
                crash.point("relay.mid_mark")
                cursor.execute("COMMIT")
            for key in sent:
                self._held.pop(key, None)

    def _hold(self, batch: list[Unsent], refused: dict[str, str]) -> None:
        """What was returned or refused stays unsent and visible, and does not block what follows."""
        for row in batch:
            if row.id in refused:
                tries = self._held.get(row.position, (0.0, 0))[1] + 1
                self._held[row.position] = (time.monotonic() + min(2.0**tries, 30.0), tries)
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
        self._sent.clear()
        self._publisher.close()
        database, self._database = self._database, None
        if database is not None:
            with contextlib.suppress(psycopg2.Error):
                database.close()


def _handled(name: str) -> bool:
    """Events with a handler are published mandatory; a return leaves them unsent."""
    kind = TYPES.get(name)
    return kind is not None and bool(kind.handled_by)
