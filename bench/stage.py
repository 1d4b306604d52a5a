"""The contestants of ``./run bench http``, each on a virtual host and a copy of the database of its own."""

from __future__ import annotations

import http.client
import importlib
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench import seeded
from bench.crew import Crew, python
from bench.keys import Keys
from bench.seeded import Seeded
from bench.servers import Servers, at_vhost, make_vhosts
from chassis import config
from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.service import Service
from deploy.local.plan import gateway_spec
from deploy.local.processes import choose_ports

OURS, STOCK, CORE, ORM = "ours", "ours, stock path", "monolith, Core", "monolith, ORM"
CACHED, GATEWAY = "ours, cached", "our gateway"
CLASSIC, BARE = "gthread + ClusterRpcProxy", "the same, bare"
ECHO = "bench_fast"
# Part of the names of a contestant's virtual host, database and processes. The last home is shared by those that only
# read: a second gateway of ours elsewhere would hear, and pay for, the events of another contestant's writes.
SIDE = "side"
HOMES = {OURS: "ours", STOCK: "stock", CORE: "core", ORM: "orm", CACHED: SIDE}


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
        for name, port in zip((*HOMES, GATEWAY, CLASSIC, BARE), choose_ports(*[None] * 8), strict=True):
            self.contestants[name] = Contestant(name, port)
        self._start_product(OURS, "fast")
        self._start_product(STOCK, "stock")
        self._start_monolith(CORE, "core")
        self._start_monolith(ORM, "orm")
        self._start_product(CACHED, "fast", GATEWAY_CACHE="1")
        self._start_gateways()
        for each in self.contestants.values():
            self.crew.until(f"front-{each.port}", lambda each=each: self._answers(each))  # type: ignore[misc]

    def uri(self, home: str) -> str:
        return at_vhost(self.servers.amqp_uri, f"bench-{home}")

    def env(self, home: str) -> dict[str, str]:
        """What a contestant's processes are told besides the common settings."""
        return {"AMQP_URI": self.uri(home), "DATABASE_PREFIX": f"bench_{home}_", "GATEWAY_CACHE": "0"}

    # contestants ------------------------------------------------------------------------------------------------

    def _start_product(self, name: str, path: str, **settings: str) -> None:
        home = HOMES[name]
        env = self.env(home) | {"RPC_PATH": path} | settings
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

    def _start_gateways(self) -> None:
        """Ours and the classic ones before the same echo, and a classic one before a registry of ours."""
        env = self.env(SIDE) | {"RPC_PATH": "fast", "BENCH_ECHO_NAME": ECHO, "BENCH_ECHO_BARE": "1"}
        env |= {"DATABASE_PREFIX": "bench_"}
        service = [self.crew.start("echo", python("bench.echo", "serve"), **env)]
        ours = self.contestants[GATEWAY]
        ours.pids |= {"front": [self._gunicorn(GATEWAY, "bench.echo.gateway:get_app()", env)], "service": service}
        for name, duties in ((CLASSIC, "1"), (BARE, "0")):
            front = self._classic(name, env | {"BENCH_CLASSIC_DUTIES": duties})
            self.contestants[name].pids |= {"front": [front], "service": service}

    def _classic(self, name: str, env: dict[str, str]) -> int:
        port = self.contestants[name].port
        socket = str(self.servers.layout.sockets / f"front-{port}.sock")
        command = (
            *(str(Path(sys.executable).with_name("gunicorn")), "-c", "python:bench.rivals"),
            *("-k", "gthread", "--workers", "1", "--threads", "32"),
            *("-b", f"127.0.0.1:{port}", "--keep-alive", "60", "--control-socket", socket),
            "bench.rivals.classic_gateway:get_app()",
        )
        return self.crew.start(f"front-{port}", command, **env)

    def _gunicorn(self, name: str, app: str, env: dict[str, str]) -> int:
        """The product's own server options, for whoever speaks ASGI."""
        port = self.contestants[name].port
        spec = gateway_spec(layout=self.servers.layout, name=f"front-{port}", port=port, street=None, env={})
        return self.crew.start(f"front-{port}", (*spec.argv[:-1], app), **env)

    def _answers(self, contestant: Contestant) -> bool:
        """A reply that needs everything behind it."""
        path = "/v1/echo?text=a&number=1"
        if contestant.name not in (GATEWAY, CLASSIC, BARE):
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


CREATED = "organisation_registered"


def listeners() -> list[Service]:
    """Who hears of a new organisation: that handler of each service, and the trail's of every event."""
    found = [importlib.import_module(f"services.{name}.service") for name in ("projects", "resources", "notify")]
    return [narrowed(module.SERVICE, CREATED) for module in found] + [narrowed(found[0].TRAIL, ANY_EVENT)]


def narrowed(service: Service, event: str) -> Service:
    """The service with one handler only: hundreds of queues that stay empty would be declared for nothing."""
    method = service.handlers()[event]
    cls = type(service.cls.__name__, (), {method: getattr(service.cls, method)})
    return replace(service, cls=cls, operations=())


def declare(uri: str) -> None:
    """As the migrate steps do: a created organisation's event has all of its queues, and waits in them."""
    from bench.echo.service import service as echo
    from chassis.runtime import topology
    from services.registry.service import SERVICE as registry

    owners = [replace(service, database="") for service in listeners()[:3]]
    for service in (registry, *owners, *listeners(), replace(echo(), name=ECHO)):
        topology.declare(uri, service)


def purge(uri: str) -> None:
    """What the last round's events left: nobody consumes here."""
    from chassis.runtime import topology

    queues = [service.queue_of(event) for service in listeners() for event in service.handlers()]
    with topology.connection(uri, connect_timeout=5) as connection, connection.channel() as channel:
        for queue in queues:
            channel.queue_purge(queue)
