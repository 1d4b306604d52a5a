"""One generic resource per path: translates HTTP to a call and its reply to HTTP, and decides nothing."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec
from falcon.asgi import Request, Response

from chassis import ids
from chassis.operations import Operation
from gateway import arguments, auth
from gateway.arguments import Inputs
from gateway.catalogue import OWN, is_sign_in
from gateway.deps import Deps
from gateway.route import Route

_COMMANDS = uuid.UUID("5f6b1b57-2f0a-5b0e-9d3e-3702110090aa")
Responder = Callable[..., Awaitable[None]]


class Resource:
    """The responders of one path, set per instance: Falcon looks them up by name."""

    def __init__(self, deps: Deps, routes: Iterable[Route]) -> None:
        for route in routes:
            setattr(self, f"on_{route.method.lower()}", responder(deps, route))


def responder(deps: Deps, route: Route) -> Responder:
    """What Falcon calls for this route."""
    if route.service == OWN:
        return deps.own[route.name]
    operation = deps.catalogue[route.operation]
    inputs = Inputs(operation.input)

    async def respond(req: Request, resp: Response, **path: str) -> None:
        auth.check_present(req, operation)
        values = await arguments.collect(req, path, inputs, limit=deps.body_max)
        if is_sign_in(operation):
            await deps.limits.check(req, values)
        headers = headers_of(deps, req, route, operation)
        write_json(req, resp, await deps.rpc.fetch(route.operation, values, headers), status=route.status)

    return respond


def headers_of(deps: Deps, req: Request, route: Route, operation: Operation) -> dict[str, str]:
    """What travels beside the call: token, command id, trace and the gateway's street."""
    headers = call_headers(deps, req)
    if operation.kind == "command":
        headers["command_id"] = command_id(deps, req, route)
    return headers


def call_headers(deps: Deps, req: Request) -> dict[str, str]:
    """The headers of a read."""
    found = {"authorization": auth.bearer(req), "trace_id": req.context["trace_id"], "street": deps.street}
    return {name: value for name, value in found.items() if value}


def command_id(deps: Deps, req: Request, route: Route) -> str:
    """The same for the same account, route and Idempotency-Key; fresh where the client gave none."""
    key = arguments.idempotency_key(req)
    if key is None:
        return str(ids.new_uuid())
    actor = auth.peek(req, deps.verifier)
    account = actor.account_id if actor else "public"
    return str(uuid.uuid5(_COMMANDS, f"{account} {route.method} {route.path} {key}"))


def write(req: Request, resp: Response, reply: Any, *, status: int = 200) -> None:
    """A reply made here, as JSON."""
    write_json(req, resp, msgspec.json.encode(reply), status=status)


class _Noun(msgspec.Struct):
    """What HTTP needs to know of a reply."""

    version: int | None = None
    job_id: str | None = None


_NOUN = msgspec.json.Decoder(_Noun)


def write_json(req: Request, resp: Response, content: bytes, *, status: int = 200) -> None:
    """The reply, with an ETag of its version and content; ``If-Match`` asks for the version only."""
    resp.status = status
    resp.set_header("Cache-Control", "private, no-cache")
    resp.append_header("Vary", "Authorization")
    noun = _noun(content)
    if noun.version is not None:
        # A view shows more than its row (names, counts) and less to some roles: the version alone would answer 304
        # to somebody whose copy is another one.
        resp.etag = f'"{noun.version}-{hashlib.sha256(content).hexdigest()[:16]}"'
        if req.method == "GET" and arguments.matches(req.get_header("If-None-Match"), str(resp.etag)):
            resp.status = 304
            return
    if status == 202 and noun.job_id is not None:
        resp.set_header("Location", f"/v1/jobs/{noun.job_id}")
    if status != 204:
        resp.content_type = "application/json"
        resp.data = content


def _noun(content: bytes) -> _Noun:
    try:
        return _NOUN.decode(content)
    except msgspec.DecodeError:  # a list, or a view whose version is something else
        return _Noun()
