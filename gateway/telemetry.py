"""Every request: a trace id in, a request id out, one access line, one latency sample; security headers on replies."""

from __future__ import annotations

import re
import time
from functools import lru_cache

import structlog
from falcon.asgi import Request, Response
from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

from chassis import ids
from chassis.actor import Actor
from gateway import access, auth, settings
from gateway.deps import Deps
from gateway.headers import SECURITY_HEADERS

_TRACEPARENT = re.compile(r"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,80}$")
_QUIET = {"/healthz", "/readyz", "/metrics"}
LATENCY = Histogram(
    "footprint_http_seconds",
    "Seconds to answer, by route.",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
STREAMS = Gauge("footprint_live_streams", "Open live streams.", multiprocess_mode="livesum")
_sample = lru_cache(maxsize=4096)(LATENCY.labels)  # labels() sorts, checks and locks each time


class Telemetry:
    """Falcon middleware."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def process_request(self, req: Request, resp: Response) -> None:
        trace_id = req.context["trace_id"] = trace_of(req.get_header("traceparent"))
        request_id = req.context["request_id"] = request_id_of(req.get_header("X-Request-Id"), trace_id)
        req.context["started"] = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(trace_id=trace_id)
        resp.set_header("X-Request-Id", request_id)
        for name, value in SECURITY_HEADERS:
            resp.set_header(name, value)

    async def process_response(self, req: Request, resp: Response, resource: object, succeeded: bool) -> None:
        seconds = time.perf_counter() - float(req.context["started"] or 0)
        route = req.uri_template or "(none)"
        observe(_method(req), route, resp.status_code, seconds)
        if route not in _QUIET:
            actor = auth.peek(req, self._deps.verifier)
            marks = (str(req.context["trace_id"]), str(req.context["request_id"]))
            tell(req.method, route, resp.status_code, seconds, actor, marks)


def trace_of(traceparent: str | None) -> str:
    """The caller's trace id (W3C Trace Context), or a new one."""
    given = _TRACEPARENT.match(traceparent) if traceparent else None
    return given.group(1) if given and set(given.group(1)) != {"0"} else ids.new_trace_id()


def request_id_of(wished: str | None, trace_id: str) -> str:
    """As the caller wishes, if it is fit for a log; else the trace id."""
    return wished if wished and _REQUEST_ID.match(wished) else trace_id


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """One latency sample."""
    _sample(method, route, str(status)).observe(seconds)


def tell(method: str, route: str, status: int, seconds: float, actor: Actor | None, marks: tuple[str, str]) -> None:
    """One access line. ``marks``: of the trace and of the request."""
    access.tell(
        method=method,
        route=route,
        request_id=marks[1],
        status=status,
        ms=round(seconds * 1000, 1),
        account_id=actor.account_id if actor else None,
        role=actor.role if actor else None,
        trace_id=marks[0],
    )


def _method(req: Request) -> str:
    """Bounded: the method of an unknown address is the client's choice."""
    return req.method if req.uri_template else "ANY"


def exposition() -> bytes:
    """The Prometheus text format, over all workers where they share a folder."""
    if settings.METRICS_FOLDER.get():
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(REGISTRY)
