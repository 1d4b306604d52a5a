"""The two hosts as the behaviours see them: call something, wait for something, look into the database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, delete, func, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from chassis import config, db, ids, tables, tokens
from chassis.actor import Actor
from chassis.runtime import health, migrate, timers, topology
from chassis.runtime.client import RpcClient
from chassis.runtime.execute import Executor
from chassis.runtime.inprocess import InProcessHost
from chassis.runtime.names import park_name, rpc_name
from chassis.tables import WAITS, OutboxEvent, OutboxSent, OutboxWaiting, Parked
from tests import kit
from tests.runtime.demo.service import SERVICE, Base, Counter, Effect

ROOT = Path(__file__).parents[2]


class World(Protocol):
    """What the behaviours need."""

    sessions: sessionmaker[Session]

    def call(self, method: str, headers: Mapping[str, Any], **kwargs: Any) -> Any: ...

    def eventually(self, condition: Callable[[], bool], *, seconds: float = 20) -> None: ...


def command_id() -> str:
    return str(ids.new_uuid())


def headers(role: str = "bureau", *, key: str | None = None, who: Actor | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"authorization": kit.token(who or kit.actor(role))}
    return made | ({"command_id": key} if key else {})


def effects(world: World, kind: str, subject: str = "") -> int:
    statement = select(func.count()).select_from(Effect).where(Effect.kind == kind)
    if subject:
        statement = statement.where(Effect.subject == subject)
    with world.sessions() as session:
        return session.scalar(statement) or 0


def counters(world: World) -> int:
    with world.sessions() as session:
        return session.scalar(select(func.count()).select_from(Counter)) or 0


def parked(world: World, **where: Any) -> list[Parked]:
    with world.sessions() as session:
        return list(session.scalars(select(Parked).filter_by(**where)))


def send_again(world: World) -> None:
    """Every event that was sent is delivered once more."""
    with world.sessions.begin() as session:
        session.execute(delete(OutboxSent))
        positions = select(OutboxEvent.position).where(~WAITS)
        session.execute(insert(OutboxWaiting).from_select(["position"], positions))
        session.execute(text("NOTIFY outbox"))


def unsent(world: World) -> int:
    with world.sessions() as session:
        return session.scalar(select(func.count()).select_from(OutboxWaiting)) or 0


def make_tables(url: URL) -> sessionmaker[Session]:
    migrate.create_database(url)
    engine = db.make_engine(url, pool_size=2)
    for metadata in (tables.Base.metadata, Base.metadata):
        metadata.create_all(engine)
    return db.make_sessions(engine)


def server() -> URL:
    return make_url(config.DATABASE_URL.get()).set(drivername="postgresql+psycopg2")


class InProcess:
    """Nothing moves unless it is asked to."""

    def __init__(self) -> None:
        self.url = server().set(database=f"test_runtime_{os.getpid()}_inprocess")
        self.sessions = make_tables(self.url)
        self.executor = Executor(SERVICE, self.sessions, tokens.Verifier(kit.signing_key()))
        self.host = InProcessHost([self.executor], parking=True)

    def call(self, method: str, headers: Mapping[str, Any], **kwargs: Any) -> Any:
        return self.host.call(SERVICE.name, method, kwargs, headers)

    def eventually(self, condition: Callable[[], bool], *, seconds: float = 20) -> None:
        limit = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < limit, "it never came true"
            timers.run_periodic(self.executor, kit.DISTRICT)
            self.host.settle()
            time.sleep(0.05)

    def close(self) -> None:
        self.sessions.kw["bind"].dispose()
        migrate.drop_database(self.url)


class Processes:
    """``serve``, ``relay`` and ``jobs`` of the demo as processes of their own on a real broker."""

    def __init__(self, folder: Path, *, amqp_uri: str | None = None, name: str = "", **settings: str) -> None:
        self.name = name or f"demo{os.getpid()}x{os.urandom(2).hex()}"
        self.folder = folder
        self.uri = config.AMQP_URI.get()
        self.url = server().set(database=f"test_{self.name}")
        self.sessions = make_tables(self.url)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.client = RpcClient(self.uri)
        (folder / "token.pub.pem").write_bytes(kit.signing_key().as_pem(private=False))
        self.env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DEMO_NAME": self.name,
            "AMQP_URI": amqp_uri or self.uri,
            "DATABASE_PREFIX": "test_",
            "TOKEN_PUBLIC_KEY_FILE": str(folder / "token.pub.pem"),
            "EVENT_RETRY_LIMIT": "1",
            **settings,
        }
        self._declare()

    # processes --------------------------------------------------------------------------------------------------

    def start(self, *commands: str) -> None:
        for command in commands:
            with (self.folder / f"{command}.log").open("ab") as log:
                argv = [sys.executable, "-m", "tests.runtime.demo", command]
                self.running[command] = subprocess.Popen(argv, cwd=ROOT, env=self.env, stdout=log, stderr=log)
        if "serve" in commands:
            self.eventually(self.served)

    def served(self) -> bool:
        assert self.running["serve"].poll() is None, self.log("serve")
        return not health.missing_consumers(self.uri, self.queues())

    def stop(self, command: str, number: int = signal.SIGTERM, *, seconds: float = 30) -> int:
        process = self.running.pop(command)
        process.send_signal(number)
        return process.wait(seconds)

    def log(self, command: str) -> str:
        return (self.folder / f"{command}.log").read_text()

    # the world --------------------------------------------------------------------------------------------------

    def call(self, method: str, headers: Mapping[str, Any], **kwargs: Any) -> Any:
        return self.client.call(self.name, method, kwargs, headers)

    def eventually(self, condition: Callable[[], bool], *, seconds: float = 90) -> None:
        limit = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > limit:
                raise AssertionError(
                    "it never came true\n" + "\n".join(self.log(name)[-3000:] for name in self.running)
                )
            time.sleep(0.05)

    # the broker -------------------------------------------------------------------------------------------------

    def queues(self) -> list[str]:
        return [rpc_name(self.name), f"{self.name}.on_counter_raised", park_name(self.name)]

    def waiting(self, queue: str) -> int:
        with topology.connection(self.uri) as conn, conn.channel() as channel:
            return int(channel.queue_declare(queue, passive=True).message_count)

    def publish(self, queue: str, body: bytes, **properties: Any) -> None:
        with topology.connection(self.uri) as conn:
            conn.Producer().publish(body, routing_key=queue, delivery_mode=2, serializer=None, **properties)

    def _declare(self) -> None:
        self.run_alone([sys.executable, "-c", _DECLARE], self.env | {"AMQP_URI": self.uri})

    @staticmethod
    def run_alone(argv: list[str], env: Mapping[str, str]) -> None:
        subprocess.run(argv, cwd=ROOT, env=env, check=True)

    def close(self) -> None:
        for command in list(self.running):
            try:
                self.stop(command)
            except subprocess.TimeoutExpired:
                self.running.pop(command, None)
        self.client.close()
        with topology.connection(self.uri) as conn, conn.channel() as channel:
            for queue in self.queues():
                channel.queue_delete(queue)
            channel.exchange_delete(f"{self.name}.events")
        self.sessions.kw["bind"].dispose()
        migrate.drop_database(self.url)


_DECLARE = """
from chassis import config
from chassis.runtime import topology
from tests.runtime.demo.service import SERVICE
topology.declare(config.AMQP_URI.get(), SERVICE)
topology.declare(config.AMQP_URI.get(), SERVICE)
"""


@contextmanager
def broker_left_as_found() -> Iterator[None]:
    """Retry and park are shared by all services of a broker: they go only if this run brought them."""
    uri = config.AMQP_URI.get()
    tiers = [f"retry.{tier}" for tier in topology.TIER_SECONDS]
    with topology.connection(uri, connect_timeout=30) as conn:
        ours = not _exists(conn, tiers[0])
    yield
    if ours:
        with topology.connection(uri) as conn, conn.channel() as channel:
            for name in tiers:
                channel.queue_delete(name)
                channel.exchange_delete(name)
            channel.exchange_delete(topology.PARK, if_unused=True)


def _exists(conn: Any, queue: str) -> bool:
    from amqp.exceptions import NotFound

    try:
        with conn.channel() as channel:
            channel.queue_declare(queue, passive=True)
    except NotFound:
        return False
    return True
