"""What the tests of the cures stand on: demo processes that start at once, with a cure taken out if asked to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kombu.utils.url import parse_url
from sqlalchemy import create_engine, delete, text

from chassis import clock, config, ids
from chassis.events import Envelope
from chassis.runtime import topology
from chassis.runtime.client import RpcClient
from chassis.runtime.names import RPC_EXCHANGE, park_name, rpc_name
from chassis.tables import Parked
from tests.runtime.wiretap import Wiretap
from tests.runtime.world import ROOT, Processes, command_id, parked, server

PATHS = ("fast", "stock")


def with_and_without(row: str, *, paths: tuple[str, ...] = PATHS, slow: bool = False) -> pytest.MarkDecorator:
    """The scenario on each RPC path with every cure; and on stock Nameko's without the one of ``row``: the control.

    ``slow``: stock Nameko takes its time to fail, so the control runs with the faults only (``-m faults``).
    """
    cases = [pytest.param({"RPC_PATH": path}, True, id=f"{path}, with the cure") for path in paths]
    stock = {"RPC_PATH": "stock", "DEMO_WITHOUT": row}
    control = pytest.param(stock, False, id="without it", marks=[pytest.mark.faults] if slow else [])
    return pytest.mark.parametrize(("settings", "cured"), [*cases, control])


def with_and_without_on_events(row: str, *, slow: bool = False) -> pytest.MarkDecorator:
    """The same for what calls have no part in."""
    return with_and_without(row, paths=("fast",), slow=slow)


class Child:
    """A forked process, as far as :class:`Processes` uses a Popen."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery = nursery
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._nursery.ask(poll=self.pid)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            self._nursery.send(self.pid, number)

    def wait(self, seconds: float) -> int:
        limit = time.monotonic() + seconds
        while (code := self.poll()) is None:
            if time.monotonic() > limit:
                raise subprocess.TimeoutExpired("demo", seconds)
            time.sleep(0.02)
        return code


class Nursery:
    """tests/runtime/demo/nursery.py, as a process."""

    def __init__(self, env: dict[str, str]) -> None:
        argv = [sys.executable, "-m", "tests.runtime.demo.nursery", "serve"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(argv, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)

    def ask(self, **request: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def send(self, pid: int, number: int) -> None:
        """The pid is still ours: only :meth:`ask` reaps it."""
        os.kill(pid, number)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


class Place(Processes):
    """One demo service whose process starts anew for each test, within a fraction of a second."""

    def __init__(self, folder: Path) -> None:
        self.nursery: Nursery | None = None
        self.go = folder / "go"
        super().__init__(folder)

    def _declare(self) -> None:
        self.nursery = Nursery(self.env)
        declared = self._born("declare", {})
        assert declared.wait(30) == 0, self.log("declare")

    def _born(self, command: str, settings: dict[str, str]) -> Child:
        assert self.nursery is not None
        log = str(self.folder / f"{command}.log")
        Path(log).unlink(missing_ok=True)
        pid = self.nursery.ask(command=command, log=log, settings={"DEMO_GO": str(self.go)} | settings)
        return Child(self.nursery, pid)

    def serve(self, **settings: str) -> Child:
        """A process that consumes. Its log begins anew."""
        child = self._born("serve", settings)
        self.running["serve"] = child  # type: ignore[assignment]
        self.eventually(self.served)
        return child

    def end(self) -> None:
        """After a test: no process, no message, no parked row, and the next one starts with everything."""
        if child := self.running.pop("serve", None):
            child.send_signal(signal.SIGKILL)
            child.wait(60)
        self.go.unlink(missing_ok=True)
        with topology.connection(self.uri) as conn, conn.channel() as channel:
            for queue in self.queues():
                channel.queue_purge(queue)
        with self.sessions.begin() as session:
            session.execute(delete(Parked))

    def close(self) -> None:
        super().close()
        if self.nursery is not None:
            self.nursery.close()

    # events -----------------------------------------------------------------------------------------------------

    @property
    def queue(self) -> str:
        return f"{self.name}.on_counter_raised"

    def send(self, body: bytes | None = None, **payload: Any) -> str:
        """An event straight into its handler's queue; returns the counter's id, which is in the event's id too."""
        counter, key = ids.new_id("cnt"), ids.new_id("evt")
        envelope = Envelope(
            id=key,
            name="counter_raised",
            source=self.name,
            subject=counter,
            subject_version=1,
            district_code="370211",
            occurred_at=clock.system_now(),
        )
        facts = {"counter_id": counter, "value": 1, "mood": "ok", "seconds": 0.0} | payload
        self.publish(
            self.queue,
            json.dumps(facts).encode() if body is None else body,
            headers=envelope.to_headers(),
            content_type="application/json",
            content_encoding="utf-8",
            message_id=key,
        )
        return counter

    def deliveries(self, counter: str) -> int:
        """How many times the process began with the event."""
        return sum('"delivered"' in line and counter in line for line in self.log("serve").splitlines())

    def kept(self) -> bool:
        """After the process has gone: whether the message is somewhere, in its queue or parked."""
        return bool(self.waiting(self.queue) + self.waiting(park_name(self.name)) + len(parked(self)))

    # calls ------------------------------------------------------------------------------------------------------

    @contextmanager
    def asking(self, method: str, headers: dict[str, Any], **kwargs: Any) -> Iterator[Future[Any]]:
        """A call that is under way, on a connection of its own."""
        client = RpcClient(self.uri)
        with ThreadPoolExecutor(1) as pool:
            yield pool.submit(client.call, self.name, method, kwargs, headers)
        client.close()

    def calls_waiting(self) -> int:
        return self.waiting(rpc_name(self.name))

    def raw_call(self, method: str, headers: dict[str, Any], **kwargs: Any) -> Any:
        """A call with whatever headers; the reply's body."""
        replies: list[Any] = []
        with topology.connection(self.uri) as conn, conn.channel() as channel:
            queue = channel.queue_declare("", exclusive=True).queue
            channel.queue_bind(queue, RPC_EXCHANGE, routing_key=queue)
            channel.basic_consume(queue, no_ack=True, callback=lambda message: replies.append(message.body))
            conn.Producer(channel).publish(
                {"args": [], "kwargs": kwargs},
                exchange=RPC_EXCHANGE,
                routing_key=f"{self.name}.{method}",
                reply_to=queue,
                correlation_id=command_id(),
                serializer="json",
                headers=headers,
            )
            while not replies:
                conn.drain_events(timeout=60)
        return json.loads(replies[0])


@contextmanager
def tapped() -> Iterator[tuple[Wiretap, str]]:
    """A wire of one's own to the broker, and the URI that goes through it."""
    parts = parse_url(topology.bus_uri(config.AMQP_URI.get()))
    wire = Wiretap(parts["hostname"], parts["port"] or 5672)
    user, password, vhost = parts["userid"] or "guest", parts["password"] or "guest", parts["virtual_host"] or "/"
    try:
        yield wire, f"pyamqp://{user}:{password}@127.0.0.1:{wire.port}/{vhost}"
    finally:
        wire.cut()


@contextmanager
def database_away(place: Processes) -> Iterator[None]:
    """Refuse new connections and end those there are: what a stopped server looks like from here."""
    engine = create_engine(server().set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = str(place.url.database)
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(ended), {"name": name})
        try:
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    engine.dispose()
    place.sessions.kw["bind"].dispose()  # the test's own pool lost its connections too


def holds(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Whether it stays true for so long. For what must not happen; as short as the control allows."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if not condition():
            return False
        time.sleep(0.05)
    return True
