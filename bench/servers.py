"""A broker and a database of the bench's own in var/bench, or those AMQP_URI and DATABASE_URL name."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from bench import say
from deploy.local import broker, database
from deploy.local.layout import ROOT, Layout
from deploy.local.leftovers import hold_lock
from deploy.local.pg_cluster import PgCluster
from deploy.local.rabbit_node import RabbitNode
from deploy.local.servers import Server, ServerError

# As in production, so a commit waits for its WAL to be on disk; the buffers hold every contestant's copy of the data.
DATABASE_SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "track_commit_timestamp": "on",
    "autovacuum_naptime": "1min",
}
SHOWN = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_level", *DATABASE_SETTINGS)


def bench_layout() -> Layout:
    """var/bench: nothing of the district or the tests is met there."""
    return Layout(root=ROOT, var=ROOT / "var" / "bench")


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Addresses and pids of the running servers; no pids where a setting named the server."""

    layout: Layout
    broker: Server
    database: Server

    @property
    def amqp_uri(self) -> str:
        return self.broker.url

    @property
    def database_url(self) -> str:
        return self.database.url

    def watched(self) -> dict[str, list[int]]:
        """Their classes in CPU tables: the broker's virtual machine; PostgreSQL with every backend."""
        return {"broker": self.broker.pids[:1], "database": self.database.pids}

    def environment(self) -> dict[str, str]:
        """What every measured process is given."""
        made = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return made | {
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            "MALLOC_ARENA_MAX": "2",
            "AMQP_URI": self.amqp_uri,
            "DATABASE_URL": self.database_url,
            "DATABASE_PREFIX": "bench_",
            "FOOTPRINT_VAR": str(self.layout.var),
            "LOG_LEVEL": "INFO",
        }

    def describe(self) -> list[str]:
        """Versions and the settings that decide what a commit costs."""
        with psycopg2.connect(f"{self.database_url}/postgres") as connection, connection.cursor() as cursor:
            cursor.execute("SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", [[*SHOWN]])
            found = dict(cursor.fetchall())
        told = ", ".join(f"{name} {found[name]}" for name in SHOWN[1:] if name in found)
        return [f"PostgreSQL {found['server_version']} ({told})", f"RabbitMQ {broker_version(self.amqp_uri)}"]


@contextmanager
def running() -> Iterator[Servers]:
    """Start both; both end with the block. Raises ServerError, or LockedError where another bench runs."""
    layout = bench_layout()
    lock = hold_lock(layout)
    made = Servers(
        layout=layout, broker=broker.provide(layout=layout, say=say), database=database.provide(layout=layout, say=say)
    )
    if isinstance(made.database, PgCluster):
        made.database.settings.update(DATABASE_SETTINGS)
    both = (made.broker, made.database)
    try:
        with ThreadPoolExecutor(2) as pool:
            for started in [pool.submit(server.start) for server in both]:
                started.result()
        say(f"{made.broker.kind}, {made.database.kind}")
        yield made
    finally:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda server: server.stop(), both))
        os.close(lock)


def at_vhost(uri: str, vhost: str) -> str:
    """The same broker, another virtual host."""
    return urlunsplit(urlsplit(uri)._replace(path=f"/{vhost}"))


def make_vhosts(servers: Servers, names: Sequence[str]) -> None:
    """One for each contestant, so that nobody hears another's events. A given broker must have them already."""
    node = servers.broker
    if not isinstance(node, RabbitNode):
        for name in names:
            broker_version(at_vhost(servers.amqp_uri, name))
        return
    user = urlsplit(servers.amqp_uri).username
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    definitions: dict[str, Any] = {
        "vhosts": [{"name": name} for name in names],
        "permissions": [{"user": user, "vhost": name, **everything} for name in names],
    }
    file = servers.layout.var / "vhosts.json"
    file.write_text(json.dumps(definitions))
    control = str(node.installation.script.with_name("rabbitmqctl"))
    command = [control, "import_definitions", str(file)]
    done = subprocess.run(command, env=node.environment(), cwd=node.home, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServerError(f"rabbitmqctl import_definitions: {(done.stderr or done.stdout).strip()[-600:]}")


def broker_version(uri: str) -> str:
    """As the broker says it; raises ServerError where the virtual host cannot be entered."""
    from chassis.runtime import topology

    try:
        with topology.connection(uri, connect_timeout=5) as connection:
            properties = connection.connection.server_properties
    except Exception as error:
        vhost = urlsplit(uri).path.lstrip("/") or "/"
        raise ServerError(f"没有虚拟主机 no virtual host {vhost!r} at the broker: {error!r}") from error
    return str(properties.get("version", "?"))
