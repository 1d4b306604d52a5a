"""Every request: a trace id in, a request id out, one access line, one latency sample; security headers on replies."""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

import structlog
from falcon.asgi import Request, Response
from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

from chassis import logging
from gateway import auth, settings
from gateway.deps import Deps

_TRACEPARENT = re.compile(r"^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,80}$")
_QUIET = {"/healthz", "/readyz", "/metrics"}
_API_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
LATENCY = Histogram(
    "footprint_http_seconds",
    "Seconds to answer, by route.",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
STREAMS = Gauge("footprint_live_streams", "Open live streams.", multiprocess_mode="livesum")
_log = logging.get("gateway.access")


class Telemetry:
    """Falcon middleware."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def process_request(self, req: Request, resp: Response) -> None:
        given = _TRACEPARENT.match(req.get_header("traceparent") or "")
        trace_id = given.group(1) if given and set(given.group(1)) != {"0"} else secrets.token_hex(16)
        wished = req.get_header("X-Request-Id") or ""
        req.context["trace_id"] = trace_id
        request_id = req.context["request_id"] = wished if _REQUEST_ID.match(wished) else trace_id
        req.context["started"] = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(trace_id=trace_id)
        resp.set_header("X-Request-Id", request_id)
        resp.set_header("X-Content-Type-Options", "nosniff")
        resp.set_header("Referrer-Policy", "no-referrer")
        resp.set_header("Content-Security-Policy", _API_POLICY)

    async def process_response(self, req: Request, resp: Response, resource: object, succeeded: bool) -> None:
        seconds = time.perf_counter() - float(req.context["started"] or 0)
        route = req.uri_template or "(none)"
        LATENCY.labels(_method(req), route, str(resp.status_code)).observe(seconds)
        if route not in _QUIET:
            _log.info("request", **self._line(req, resp, route, seconds))

    def _line(self, req: Request, resp: Response, route: str, seconds: float) -> dict[str, Any]:
        actor = auth.peek(req, self._deps.verifier)
        return {
            "method": req.method,
            "route": route,
            "request_id": req.context["request_id"],
            "status": resp.status_code,
            "ms": round(seconds * 1000, 1),
            "account_id": actor.account_id if actor else None,
            "role": actor.role if actor else None,
        }


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
