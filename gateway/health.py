"""Alive, ready, and how fast."""

from __future__ import annotations

import asyncio

from falcon.asgi import Request, Response

from chassis.errors import FootprintError
from gateway import telemetry
from gateway.catalogue import SERVICES
from gateway.deps import Deps
from gateway.shedding import Bounded

READY_SECONDS = 3.0


class Healthz:
    """The process answers; says nothing of anybody else."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {"alive": True}


class Readyz:
    """The bus is reached and each of the four services answers through it; asked also when too much is under way."""

    def __init__(self, deps: Deps) -> None:
        self._rpc = deps.rpc.unbounded if isinstance(deps.rpc, Bounded) else deps.rpc

    async def on_get(self, req: Request, resp: Response) -> None:
        answers = await asyncio.gather(*(self._answers(service) for service in SERVICES))
        missing = [service for service, answered in zip(SERVICES, answers, strict=True) if not answered]
        resp.status = 503 if missing else 200
        resp.set_header("Cache-Control", "no-store")
        resp.media = {"ready": not missing, "bus": self._rpc.connected, "missing": missing}

    async def _answers(self, service: str) -> bool:
        try:
            await self._rpc.call(f"{service}.get_clock", {}, {}, deadline=READY_SECONDS)
        except FootprintError:
            return False
        return True


class Metrics:
    """Prometheus."""

    def __init__(self, deps: Deps) -> None:
        self._hub = deps.hub
        self._reads = deps.reads

    async def on_get(self, req: Request, resp: Response) -> None:
        telemetry.STREAMS.set(self._hub.readers)
        if self._reads is not None:
            self._reads.show()
        resp.content_type = "text/plain; version=0.0.4; charset=utf-8"
        resp.data = telemetry.exposition()
