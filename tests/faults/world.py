"""The pair as in production: two serving processes and two relays each, two for jobs; a real broker and database."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from chassis import db, tables
from chassis.runtime import migrate, topology
from chassis.runtime.outlet import Outlet, PublishError
from tests import kit
from tests.faults.nursery import ROOT, Nursery, Slot
from tests.faults.pair.service import Base

T = TypeVar("T")
ROLES = ("front", "back")
KINDS = ("front serve", "front relay", "back serve", "back relay", "front jobs")  # of processes
LEASE_SECONDS = 3.0
_DECLARE = """
from chassis import config
from chassis.runtime import topology
from tests.faults.pair.service import BACK, FRONT
for service in (FRONT, BACK, FRONT):
    topology.declare(config.AMQP_URI.get(), service)
"""


@dataclass(frozen=True)
class Death:
    """A process ended: ``point`` is the crash point it died at, empty where nobody asked it to end."""

    at: float
    slot: str
    code: int
    point: str
    told: bool
    pid: int = 0


class World:
    """Slots, databases, queues and ledgers. ``database_urls`` may name another address for a slot (a proxy's)."""

    def __init__(
        self,
        folder: Path,
        *,
        amqp_uri: str,
        database_url: str,
        replicas: int = 2,
        relays: int = 2,
        jobs: int = 2,
        mutation: str = "",
        database_urls: dict[str, str] | None = None,
        **settings: str,
    ) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.suffix = f"x{os.getpid()}x{os.urandom(2).hex()}"
        self.amqp_uri = amqp_uri
        self.database_url = database_url
        self.names = {role: f"{role}{self.suffix}" for role in ROLES}
        self.queues = {"front": f"{self.names['front']}.on_tally_seen", "back": f"{self.names['back']}.on_tally_raised"}
        self.deaths: list[Death] = []
        self._closing = threading.Event()
        self._outlet = Outlet(amqp_uri, confirm=True)
        self.env = self._environment(mutation, settings)
        self.sessions = {role: self._database(role) for role in ROLES}
        subprocess.run([sys.executable, "-c", _DECLARE], cwd=ROOT, env=self.env, check=True)
        self._nurseries = {one: Nursery(one, self.env, folder / f"{one}.log") for one in ("serve", "relay")}
        self._nurseries["jobs"] = self._nurseries["relay"]
        self.slots = self._make_slots({"serve": replicas, "relay": relays, "jobs": jobs}, database_urls or {})

    # making -----------------------------------------------------------------------------------------------------

    def _environment(self, mutation: str, settings: dict[str, str]) -> dict[str, str]:
        (self.folder / "token.pub.pem").write_bytes(kit.signing_key().as_pem(private=False))
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "FAULTS_SUFFIX": self.suffix,
            "FAULTS_MUTATION": mutation,
            "FAULTS_DELIVERIES": str(self.deliveries),
            "FAULTS_CLAIMS": str(self.claims),
            "AMQP_URI": self.amqp_uri,
            "DATABASE_URL": self.database_url,
            "DATABASE_PREFIX": "faults_",
            "TOKEN_PUBLIC_KEY_FILE": str(self.folder / "token.pub.pem"),
            "EVENT_RETRY_LIMIT": "1",
            "AMQP_HEARTBEAT_SECONDS": "5",
            "JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            "FOOTPRINT_CRASH": "",
            "FOOTPRINT_CRASH_LEDGER": str(self.crashes),
            **settings,
        }

    def _database(self, role: str) -> sessionmaker[Session]:
        url = make_url(self.database_url).set(drivername="postgresql+psycopg2", database=f"faults_{self.names[role]}")
        migrate.create_database(url)
        engine = db.make_engine(url, pool_size=3)
        for metadata in (tables.Base.metadata, Base.metadata):
            metadata.create_all(engine)
        return db.make_sessions(engine)

    def _make_slots(self, counts: dict[str, int], urls: dict[str, str]) -> list[Slot]:
        made = []
        for role, command in map(str.split, KINDS):
            for number in range(1, counts[command] + 1):
                env = {"DATABASE_URL": urls.get(f"{role}-{command}-{number}", self.database_url)}
                made.append(Slot(self._nurseries[command], role, command, number, self.folder, env))
        return made

    @property
    def deliveries(self) -> Path:
        return self.folder / "deliveries.txt"

    @property
    def claims(self) -> Path:
        return self.folder / "claims.txt"

    @property
    def crashes(self) -> Path:
        return self.folder / "crashes.txt"

    # living -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        for slot in self.slots:
            slot.start()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        for slot in self.slots:
            if not slot.wait_ready():
                raise AssertionError(f"{slot.name} never served:\n{slot.log.read_text()[-3000:]}")

    def _keep(self) -> None:
        """What ends is started again, and written down."""
        while not self._closing.wait(0.05):
            for slot in self.slots:
                if slot.code() is None or not slot.lock.acquire(blocking=False):
                    continue
                try:
                    code = slot.code()
                    if code is not None and not self._closing.is_set():
                        self.bury(slot, code)
                        slot.start()
                finally:
                    slot.lock.release()

    def bury(self, slot: Slot, code: int) -> None:
        self.deaths.append(Death(time.time(), slot.name, code, self.point_of(slot.pid), slot.told, slot.pid))

    def of(self, role: str, command: str) -> list[Slot]:
        return [slot for slot in self.slots if slot.role == role and slot.command == command]

    def close(self) -> None:
        self._closing.set()
        if hasattr(self, "_keeper"):
            self._keeper.join(10)
        for name in ("serve", "relay"):
            self._nurseries[name].close()
        self._outlet.close()
        with topology.connection(self.amqp_uri) as conn, conn.channel() as channel:
            for name in (*self.queues.values(), *(f"park.{name}" for name in self.names.values())):
                channel.queue_delete(name)
            channel.queue_delete(f"rpc-{self.names['front']}")
            for name in self.names.values():
                channel.exchange_delete(f"{name}.events")
        for sessions in self.sessions.values():
            url = sessions.kw["bind"].url
            sessions.kw["bind"].dispose()
            migrate.drop_database(url)

    # the ledgers ------------------------------------------------------------------------------------------------

    def hits(self) -> Counter[str]:
        """How often processes died at each crash point."""
        return Counter(line.split()[0] for line in _lines(self.crashes))

    def point_of(self, pid: int) -> str:
        return next((name for name, who in map(str.split, _lines(self.crashes)) if int(who) == pid), "")

    def claimed(self) -> list[tuple[str, int, int, float]]:
        """Each claim of a job: job id, attempt, pid and instant."""
        rows = map(str.split, _lines(self.claims))
        return [(job, int(attempt), int(pid), float(at)) for job, attempt, pid, at in rows]

    def redelivered(self, since: int) -> int:
        """Deliveries, from that offset of the ledger on, of what had been applied before."""
        with self.deliveries.open() as file:
            file.seek(since)
            return sum(line.endswith(" again\n") for line in file)

    # looking and acting, whatever is away -----------------------------------------------------------------------

    def look(self, role: str, question: Callable[[Session], T], *, seconds: float = 60) -> T:
        """Ask a database, waiting for it if it is away."""
        limit = time.monotonic() + seconds
        while True:
            try:
                with self.sessions[role]() as session:
                    return question(session)
            except DBAPIError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.2)

    def change(self, role: str, act: Callable[[Session], T], *, seconds: float = 60) -> T:
        """The same in a committed transaction; ``act`` may run twice."""

        def committed(session: Session) -> T:
            made = act(session)
            session.commit()
            return made

        return self.look(role, committed, seconds=seconds)

    def publish(self, queue: str, body: bytes, *, seconds: float = 90, **properties: Any) -> None:
        """Into a queue by the default exchange, confirmed; repeated until the broker has it: maybe twice."""
        limit = time.monotonic() + seconds
        while True:
            try:
                self._outlet.publish("", queue, body, delivery_mode=2, **properties)
            except PublishError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.3)
            else:
                return

    def waiting(self) -> dict[str, int]:
        """Ready messages in the queues of the world that have any; tells when to look, never part of a verdict."""
        queues = [*self.queues.values(), *(f"park.{name}" for name in self.names.values())]
        queues += [f"retry.{tier}" for tier in topology.TIER_SECONDS]
        with topology.connection(self.amqp_uri, connect_timeout=5) as conn, conn.channel() as channel:
            ready = {name: int(channel.queue_declare(name, passive=True).message_count) for name in queues}
        return {name: count for name, count in ready.items() if count}


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []
