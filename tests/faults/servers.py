"""A broker and a database of the suite's own, below var/faults, that can be killed and brought back on their data."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local import broker, database
from deploy.local.layout import ROOT, Layout
from deploy.local.leftovers import hold_lock
from deploy.local.pg_cluster import PgCluster, unprivileged
from deploy.local.processes import port_is_free, read_json, wait_until, write_json
from deploy.local.rabbit_node import RabbitNode
from deploy.local.servers import ServerError

# Below the range of ephemeral ports: a client that keeps knocking at a closed port of that range may be given the very
# port as its own, connect to itself, and keep the server from coming back.
PORTS = range(20_000, 30_000)


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def fixed_ports(file: Path, names: tuple[str, ...]) -> None:
    """Ports that will still be free after a kill, kept where the server's record keeps them."""
    record = read_json(file)
    for name in names:
        while not record.get(name) or record[name] not in PORTS:
            port = random.SystemRandom().choice(PORTS)
            if port_is_free(port):
                record[name] = port
    write_json(file, record)


class Servers:
    """Start, kill and start again; ``amqp_uri`` and ``database_url`` never change."""

    def __init__(self, layout: Layout) -> None:
        installation = broker.on_disk() or broker.fetched(layout=layout, say=say)
        if installation is None:
            raise ServerError(broker.ADVICE)
        fixed_ports(layout.var / "rabbitmq" / "node.json", ("port", "epmd_port", "dist_port"))
        self.broker = RabbitNode(installation, home=layout.var / "rabbitmq", log=layout.logs / "rabbitmq.log")
        self.database = self._cluster(layout)

    def _cluster(self, layout: Layout) -> PgCluster:
        user = unprivileged()
        home = database.home_for(layout=layout, user=user)
        binaries = database.on_disk() or database.from_wheel(say=say)
        if binaries is None:
            raise ServerError(database.ADVICE)
        binaries = database.reachable(binaries=binaries, user=user, home=home)
        fixed_ports(home / "cluster.json", ("port",))
        # durable: an immediate shutdown forgets what synchronous_commit = off had not written yet
        return PgCluster(binaries, home=home, log=layout.logs / "postgres.log", user=user, durable=True)

    @property
    def amqp_uri(self) -> str:
        return self.broker.url

    @property
    def database_url(self) -> str:
        return self.database.url

    def start(self) -> None:
        self.database.start()
        self.broker.start()

    def stop(self) -> None:
        self.broker.stop()
        self.database.stop()

    def kill_broker(self) -> None:
        """SIGKILL: no goodbye to anybody, no flush."""
        self._signal(self.broker.pids[:1], signal.SIGKILL)

    def kill_database(self) -> None:
        """PostgreSQL's immediate shutdown: every session is dropped, recovery follows from the log."""
        self._signal(self.database.pids, signal.SIGQUIT)

    def _signal(self, pids: list[int], number: int) -> None:
        for pid in pids:
            os.kill(pid, number)
        gone = wait_until(lambda: not self._running(pids), seconds=20, every=0.02)
        if not gone:
            raise ServerError(f"{pids} did not end on signal {number}")

    def _running(self, pids: list[int]) -> bool:
        return any(pid in (*self.broker.pids, *self.database.pids) for pid in pids)

    def control(self, *arguments: str) -> str:
        """``rabbitmqctl``, about two seconds a call."""
        tool = self.broker.installation.script.with_name("rabbitmqctl")
        done = subprocess.run(
            [str(tool), "-q", *arguments],
            env=self.broker.environment(),
            cwd=self.broker.home,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode != 0:
            raise ServerError(f"rabbitmqctl {' '.join(arguments)}: {done.stderr.strip()[-600:]}")
        return done.stdout

    def versions(self) -> dict[str, str]:
        postgres = subprocess.run(
            [str(self.database.binaries / "postgres"), "--version"], capture_output=True, text=True, check=False
        )
        return {
            "rabbitmq": self.control("eval", "rabbit_misc:version().").strip().strip('"'),
            "postgresql": postgres.stdout.strip(),
        }


@contextmanager
def private(*, keep: bool = False) -> Iterator[tuple[Servers, Path]]:
    """Servers on empty data, and the folder for a run's ledgers and logs. Raises ServerError, LockedError."""
    layout = Layout(root=ROOT, var=ROOT / "var" / "faults")
    lock = hold_lock(layout)
    run = layout.var / "run-ledgers"
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(parents=True)
    made = Servers(layout)
    try:
        began = time.monotonic()
        made.start()
        say(f"RabbitMQ, PostgreSQL 就绪 ready, {time.monotonic() - began:.1f} s")
        yield made, run
    finally:
        made.stop()
        if not keep:
            shutil.rmtree(layout.var / "rabbitmq", ignore_errors=True)
            shutil.rmtree(made.database.home, ignore_errors=True)
        os.close(lock)
