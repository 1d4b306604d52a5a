"""The classic Nameko gateway: WSGI under gunicorn gthread, a pool of ClusterRpcProxy, one call at a time each.

``gunicorn -k gthread --threads 32 'bench.rivals.classic_gateway:get_app()'``. Bare, it does nothing but translate; with
``BENCH_CLASSIC_DUTIES`` it does what a gateway has to do besides, by the product's own functions.
"""

from __future__ import annotations

import json
import os
import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import falcon
from nameko.standalone.rpc import ClusterRpcProxy

from chassis import config, logging, tokens
from chassis.errors import UnauthenticatedError
from gateway import auth, telemetry
from gateway.headers import REPLY_HEADERS, SECURITY_HEADERS

DUTIES = config.setting(
    "BENCH_CLASSIC_DUTIES", "0", "The classic gateway does a gateway's duties; bench only.", listed=False
)
THREADS = 32


class Pool:
    """Proxies that are connected when first needed; a caller waits for a free one."""

    def __init__(self, uri: str, size: int) -> None:
        self._free: queue.Queue[ClusterRpcProxy | None] = queue.Queue()
        self._config = {"AMQP_URI": "py" + uri if uri.startswith("amqp://") else uri}
        for _ in range(size):
            self._free.put(None)

    @contextmanager
    def proxy(self, token: str) -> Iterator[Any]:
        """A connected proxy whose calls carry the token."""
        cluster = self._free.get()
        if cluster is None:
            cluster = ClusterRpcProxy(self._config, context_data={})
            cluster.start()
        cluster._worker_ctx.data["authorization"] = token
        try:
            yield cluster._proxy
        finally:
            self._free.put(cluster)


class Echo:
    """``GET /v1/echo``: the gateway alone, before the echo service of the bench."""

    def __init__(self, pool: Pool, service: str) -> None:
        self._pool = pool
        self._service = service

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        asked = {"text": req.get_param("text"), "number": req.get_param_as_int("number")}
        with self._pool.proxy(req.get_header("Authorization") or "") as proxy:
            answer(resp, proxy[self._service].echo(**asked))


class Organisation:
    """``GET /v1/organisations/{organisation_id}``, before the product's registry."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def on_get(self, req: falcon.Request, resp: falcon.Response, organisation_id: str) -> None:
        with self._pool.proxy(req.get_header("Authorization") or "") as proxy:
            answer(resp, proxy.registry.get_organisation(organisation_id=organisation_id))


class Duties:
    """Middleware: trace and request id, security headers, latency sample, the verified actor, access line."""

    def __init__(self) -> None:
        self._verifier = tokens.verifier()

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        req.context.started = time.perf_counter()
        trace_id = telemetry.trace_of(req.get_header("traceparent"))
        req.context.ids = (trace_id, telemetry.request_id_of(req.get_header("X-Request-Id"), trace_id))
        resp.set_header("X-Request-Id", req.context.ids[1])
        for name, value in (*SECURITY_HEADERS, *REPLY_HEADERS):
            resp.set_header(name, value)

    def process_response(self, req: falcon.Request, resp: falcon.Response, resource: object, succeeded: bool) -> None:
        seconds = time.perf_counter() - req.context.started
        try:
            token = auth.token_of(req.get_header("Authorization"))
            actor = self._verifier.actor(token) if token else None
        except UnauthenticatedError:
            actor = None
        route = req.uri_template or "(none)"
        telemetry.observe(req.method, route, resp.status_code, seconds)
        telemetry.tell(req.method, route, resp.status_code, seconds, actor, req.context.ids)


def answer(resp: falcon.Response, reply: Any) -> None:
    resp.content_type = "application/json"
    resp.data = json.dumps(reply, ensure_ascii=False, separators=(",", ":")).encode()


def get_app() -> falcon.App[falcon.Request, falcon.Response]:
    """As configured by AMQP_URI and BENCH_ECHO_NAME."""
    pool = Pool(os.environ["AMQP_URI"], THREADS)
    duties = DUTIES.get() == "1"
    if duties:
        logging.configure()
    app = falcon.App(middleware=[Duties()] if duties else [])
    app.add_route("/v1/echo", Echo(pool, os.environ.get("BENCH_ECHO_NAME", "bench_fast")))
    app.add_route("/v1/organisations/{organisation_id}", Organisation(pool))
    return app
