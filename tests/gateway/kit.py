"""The gateway over services in one process: everything but the broker is real."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from falcon import testing
from obstore.store import MemoryStore

from chassis import standard
from chassis.codes import ChassisCode
from chassis.errors import FootprintError, UnavailableError
from chassis.operations import Operation
from chassis.runtime import wire
from chassis.runtime.inprocess import InProcessHost
from chassis.tokens import Verifier
from gateway.app import create_app
from gateway.catalogue import SERVICES
from gateway.deps import Deps
from gateway.files import FileStore
from gateway.limits import SignInLimits
from gateway.route import Route
from gateway.rpc import rebuild
from gateway.stream import EventHub
from tests import kit

LIMIT = 4096


class InProcessRpc:
    """Calls the in-process host as the bus would: in a thread, errors through the wire's own shape."""

    def __init__(self, host: InProcessHost) -> None:
        self.host = host
        self.connected = True

    async def call(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Any:
        service, _, method = operation.partition(".")
        if service not in self.host.executors:
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE)
        return await asyncio.to_thread(self._call, service, method, dict(arguments), dict(headers))

    async def fetch(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> bytes:
        return msgspec.json.encode(await self.call(operation, arguments, headers, deadline=deadline))

    def _call(self, service: str, method: str, arguments: dict[str, Any], headers: dict[str, str]) -> Any:
        if method == "get_bus_state":  # whoever asks for rest wants the relays, timers and jobs to have had their turn
            self.host.settle()
        try:
            return self.host.call(service, method, arguments, wire.call_headers(wire.message_headers(headers)))
        except FootprintError as error:
            raise rebuild(wire.refusal(error)["error"]) from error


def make_deps(
    host: InProcessHost, *, routes: Sequence[Route], catalogue: Mapping[str, Operation], street: str = "", **extra: Any
) -> Deps:
    """Deps of a gateway for these routes."""
    return Deps(
        rpc=InProcessRpc(host),
        verifier=Verifier(kit.signing_key()),
        files=FileStore(MemoryStore(), district=kit.DISTRICT, limit=LIMIT),
        hub=EventHub(district=kit.DISTRICT, heartbeat=0.05, lifetime=0.5),
        limits=SignInLimits(per_name="3/minute", per_address="100/minute", store="async+memory://"),
        routes=routes,
        catalogue=catalogue,
        street=street,
        district=kit.DISTRICT,
        body_max=LIMIT,
        settle_seconds=5.0,
        **extra,
    )


def standard_catalogue() -> dict[str, Operation]:
    """What every service promises besides its own."""
    return {f"{service}.{row.name}": row for service in SERVICES for row in standard.OPERATIONS}


class Client:
    """Requests as one actor; ``client.as_("bureau").post("/v1/notes", json={…})``."""

    def __init__(self, deps: Deps, headers: Mapping[str, str] | None = None) -> None:
        self.deps = deps
        self._client = testing.TestClient(create_app(deps))
        self._headers = dict(headers or {})

    def as_(self, role: str, **kwargs: Any) -> Client:
        """The same app with a token of this role."""
        return self.with_token(kit.token(kit.actor(role, **kwargs)))

    def with_token(self, token: str) -> Client:
        made = Client.__new__(Client)
        made.deps, made._client = self.deps, self._client
        made._headers = {**self._headers, "Authorization": f"Bearer {token}"}
        return made

    def request(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **kwargs: Any) -> Any:
        return self._client.simulate_request(method, path, headers={**self._headers, **(headers or {})}, **kwargs)

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Any:
        return self.request("POST", path, **kwargs)
