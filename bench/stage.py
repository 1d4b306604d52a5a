"""The contestants of ``./run bench http``, each on a virtual host and a copy of the database of its own."""

from __future__ import annotations

import http.client
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import seeded
from bench.crew import Crew, python
from bench.keys import Keys
from bench.seeded import Seeded
from bench.servers import Servers, at_vhost, make_vhosts
from chassis import config
from chassis.runtime.service import Service
from deploy.local.plan import gateway_spec
from deploy.local.processes import choose_ports

OURS, STOCK, CORE, ORM = "ours", "ours, stock path", "monolith, Core", "monolith, ORM"
CACHED, GATEWAY, CLASSIC = "ours, cached", "our gateway", "gthread + ClusterRpcProxy"
ECHO = "bench_fast"
# Those with a database: contestant → part of the names of its virtual host, database and processes.
HOMES = {OURS: "ours", STOCK: "stock", CORE: "core", ORM: "orm"}


@dataclass
class Contestant:
    """Where it listens, and the pids that do its work, by class."""

    name: str
    port: int
    pids: dict[str, list[int]] = field(default_factory=dict)


@dataclass(kw_only=True)
class Stage:
    """Starts everybody; what it started is the crew's to end."""

    servers: Servers
    crew: Crew
    keys: Keys
    data: Seeded
    contestants: dict[str, Contestant] = field(default_factory=dict)

    def database(self, contestant: str) -> str:
        return f"bench_{HOMES[contestant]}_registry"

    def set(self) -> None:
        """Databases, virtual hosts, queues, processes; returns when all of them answer."""
        make_vhosts(self.servers, [f"bench-{home}" for home in HOMES.values()])
        seeded.copies(self.servers, [self.database(name) for name in HOMES])
        for home in HOMES.values():
            declare(self.uri(home))
        for name, port in zip((*HOMES, CACHED, GATEWAY, CLASSIC), choose_ports(*[None] * 7), strict=True):
            self.contestants[name] = Contestant(name, port)
        self._start_product(OURS, "fast")
        self._start_product(STOCK, "stock")
        self._start_monolith(CORE, "core")
        self._start_monolith(ORM, "orm")
        self._start_cached()
        self._start_gateways()
        for each in self.contestants.values():
            self.crew.until(f"front-{each.port}", lambda each=each: self._answers(each))  # type: ignore[misc]

    def uri(self, home: str) -> str:
        return at_vhost(self.servers.amqp_uri, f"bench-{home}")

    def env(self, home: str) -> dict[str, str]:
        """What a contestant's processes are told besides the common settings."""
        return {"AMQP_URI": self.uri(home), "DATABASE_PREFIX": f"bench_{home}_", "GATEWAY_CACHE": "0"}

    # contestants ------------------------------------------------------------------------------------------------

    def _start_product(self, name: str, path: str) -> None:
        home = HOMES[name]
        env = self.env(home) | {"RPC_PATH": path}
        pids = self.contestants[name].pids
        pids["front"] = [self._gunicorn(name, "gateway.app:get_app()", env)]
        pids["service"] = [self.crew.start(f"registry-{home}", python("services.registry", "serve"), **env)]
        pids["relay"] = [self.crew.start(f"relay-{home}", python("services.registry", "relay"), **env)]

    def _start_monolith(self, name: str, store: str) -> None:
        home = HOMES[name]
        env = self.env(home) | {"MONOLITH_STORE": store}
        pids = self.contestants[name].pids
        pids["front"] = [self._gunicorn(name, "bench.monolith.app:get_app()", env)]
        pids["relay"] = [self.crew.start(f"relay-{home}", python("services.registry", "relay"), **env)]

    def _start_cached(self) -> None:
        """A second gateway of ours before the same registry, with its cache on; where this tree has one."""
        if not has_cache():
            del self.contestants[CACHED]
            return
        env = self.env(HOMES[OURS]) | {"RPC_PATH": "fast", "GATEWAY_CACHE": "1"}
        pids = self.contestants[CACHED].pids
        pids["front"] = [self._gunicorn(CACHED, "gateway.app:get_app()", env)]
        pids["service"] = self.contestants[OURS].pids["service"]

    def _start_gateways(self) -> None:
        """Ours and the classic one before the same echo, and the classic one before our registry."""
        env = self.env(HOMES[OURS]) | {"RPC_PATH": "fast", "BENCH_ECHO_NAME": ECHO, "BENCH_ECHO_BARE": "1"}
        env |= {"DATABASE_PREFIX": "bench_"}
        service = [self.crew.start("echo", python("bench.echo", "serve"), **env)]
        ours, classic = self.contestants[GATEWAY], self.contestants[CLASSIC]
        ours.pids |= {"front": [self._gunicorn(GATEWAY, "bench.echo.gateway:get_app()", env)], "service": service}
        gunicorn = str(Path(sys.executable).with_name("gunicorn"))
        socket = str(self.servers.layout.sockets / f"front-{classic.port}.sock")
        command = (
            *(gunicorn, "-c", "python:bench.rivals", "-k", "gthread", "--workers", "1", "--threads", "32"),
            *("-b", f"127.0.0.1:{classic.port}", "--keep-alive", "60", "--control-socket", socket),
            "bench.rivals.classic_gateway:get_app()",
        )
        classic.pids |= {"front": [self.crew.start(f"front-{classic.port}", command, **env)], "service": service}

    def _gunicorn(self, name: str, app: str, env: dict[str, str]) -> int:
        """The product's own server options, for whoever speaks ASGI."""
        port = self.contestants[name].port
        spec = gateway_spec(layout=self.servers.layout, name=f"front-{port}", port=port, street=None, env={})
        return self.crew.start(f"front-{port}", (*spec.argv[:-1], app), **env)

    def _answers(self, contestant: Contestant) -> bool:
        """A reply that needs everything behind it."""
        path = "/v1/echo?text=a&number=1"
        if contestant.name not in (GATEWAY, CLASSIC):
            path = f"/v1/organisations/{self.data.organisations[0]}"
        try:
            return ask(contestant.port, "GET", path, self.headers())[0] == 200
        except OSError:
            return False

    def headers(self, role: str = "bureau") -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys.token(role)}"}


def ask(
    port: int, method: str, path: str, headers: dict[str, str], body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    """One request outside of the measurement: status, headers in lower case, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        more = {"Content-Type": "application/json"} if body else {}
        connection.request(method, path, body=body, headers=headers | more)
        reply = connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
    except http.client.HTTPException as error:
        raise OSError(repr(error)) from error
    finally:
        connection.close()


def has_cache() -> bool:
    """Whether the gateway of this tree declares GATEWAY_CACHE."""
    importlib.import_module("gateway.app")
    return "GATEWAY_CACHE" in {setting.name for setting in config.documented()}


def product_services() -> list[Service]:
    """The four, the trail, and the echo: whose queues the broker has."""
    from dataclasses import replace

    from bench.echo.service import service as echo

    found = [importlib.import_module(f"services.{name}.service") for name in ("registry", "projects", "resources")]
    found.append(importlib.import_module("services.notify.service"))
    return [*(module.SERVICE for module in found), found[1].TRAIL, replace(echo(), name=ECHO)]


def declare(uri: str) -> None:
    """As the migrate steps do: so a created organisation's event has all of its queues, and waits in them."""
    from chassis.runtime import topology

    for service in product_services():
        topology.declare(uri, service)


def purge(uri: str, queues: Sequence[str]) -> None:
    """What the last round left: nobody consumes here."""
    from chassis.runtime import topology

    with topology.connection(uri, connect_timeout=5) as connection, connection.channel() as channel:
        for queue in queues:
            channel.queue_purge(queue)
