"""In front of Falcon: a hot read is answered before anything is parsed that need not be; all else goes on."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from falcon.asgi import App, Request, Response

from chassis.errors import FootprintError
from gateway import arguments, auth, hot, telemetry
from gateway.cache import Copy
from gateway.hot import Reads

_READ = frozenset((b"authorization", b"if-none-match", b"traceparent", b"x-request-id"))


class Front(App[Request, Response]):
    """Falcon's app, which it stays in every respect: what is answered here is what it would have answered."""

    reads: Reads | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:  # type: ignore[override]
        reads = self.reads
        asked = reads is not None and scope["type"] == "http" and scope["method"] == "GET"
        if not (asked and await answer(reads, scope, send)):
            await super().__call__(scope, receive, send)


async def answer(reads: Reads | None, scope: dict[str, Any], send: Any) -> bool:
    """Whether the request was a hit. Token, expiry, role and street are checked as for a miss."""
    started = time.perf_counter()
    if reads is None or not len(reads.cache):
        return False
    if not isinstance(scope["headers"], list):  # ASGI promises iterables: read once, they are empty for Falcon
        scope["headers"] = [tuple(pair) for pair in scope["headers"]]
    asked = _headers(scope["headers"])
    if asked is None:
        return False
    try:
        token = auth.token_of(asked.get(b"authorization"))
        actor = reads.actor(token)
    except FootprintError:
        return False
    copy = reads.cache.get(hot.key_of(scope["path"], scope["query_string"], actor))
    if copy is None or not hot.may(actor, copy.roles):
        return False
    trace_id = telemetry.trace_of(asked.get(b"traceparent"))
    ids = (trace_id, telemetry.request_id_of(asked.get(b"x-request-id"), trace_id))
    status = await _send(copy, asked.get(b"if-none-match"), ids[1], send)
    seconds = time.perf_counter() - started
    telemetry.observe("GET", copy.route, status, seconds)
    telemetry.tell("GET", copy.route, status, seconds, actor if token is not None else None, ids)
    return True


async def _send(copy: Copy, none_match: str | None, request_id: str, send: Any) -> int:
    same = copy.etag is not None and arguments.matches(none_match, copy.etag)
    own = [(b"x-request-id", request_id.encode()), (b"cache-status", hot.told(hot.HIT).encode())]
    status, known = (304, copy.headers[:-2]) if same else (200, copy.headers)
    await send({"type": "http.response.start", "status": status, "headers": [*own, *known]})
    await send({"type": "http.response.body", "body": b"" if same else copy.content})
    return status


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str] | None:
    """The four that matter; ``None`` where one is given twice: Falcon knows what that means."""
    found: dict[bytes, str] = {}
    for name, value in pairs:
        if name in _READ:
            if name in found:
                return None
            found[name] = value.decode("latin-1")
    return found
