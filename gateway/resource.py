"""One generic resource per path: translates HTTP to a call and its reply to HTTP, and decides nothing."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import msgspec
from falcon.asgi import Request, Response

from chassis import ids
from chassis.errors import InvalidError, NotFoundError
from chassis.operations import Operation
from gateway import arguments, auth, file_rights, files, hot, media_types, seen, settings
from gateway.arguments import Inputs
from gateway.cache import Copy
from gateway.catalogue import OWN, is_sign_in
from gateway.codes import GatewayCode
from gateway.deps import Deps
from gateway.headers import REPLY_HEADERS
from gateway.hot import Reads
from gateway.problems import HttpError
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
    if route.folder:
        return _taking(deps, route, operation) if route.method == "POST" else _giving(deps, route, operation)
    if operation.cached is not None and deps.reads is not None:
        return _keeping(deps, deps.reads, route, operation)

    async def respond(req: Request, resp: Response, **path: str) -> None:
        auth.check_present(req, operation)
        values = await arguments.collect(req, path, inputs, limit=deps.body_max)
        if is_sign_in(operation):
            await deps.limits.check(req, values)
            values |= {name: value for name, value in seen_by(deps, req).items() if name in inputs.fields}
        if operation.kind == "command":
            await file_rights.check_cited(deps, req, operation, values)
        headers = headers_of(deps, req, route, operation)
        content = b""
        try:
            content = await deps.rpc.fetch(route.operation, values, headers)
        finally:  # also after an error: past its deadline a command may still have been done
            if deps.reads is not None and operation.kind == "command":
                deps.reads.wrote(route.service, values, content)
        if route.download:
            _hand_out(resp, content)
            return
        write_json(req, resp, content, status=route.status)

    return respond


def _taking(deps: Deps, route: Route, operation: Operation) -> Responder:
    """A command whose body is kept as it streams in, once its author may call it; it takes query parameters besides."""
    store = deps.files.apart(route.folder, limit=settings.INSTANCE_MAX.get())

    async def respond(req: Request, resp: Response) -> None:
        actor = auth.require(req, deps.verifier, operation, street=deps.street, service=route.service)
        arguments.check_encoding(req)
        if not arguments.is_json(req):
            raise HttpError(415, GatewayCode.CONTENT_TYPE_UNSUPPORTED, accepted=[media_types.JSON])
        if (req.content_length or 0) > store.limit:
            raise HttpError(413, GatewayCode.FILE_TOO_LARGE, limit=store.limit)
        values: dict[str, Any] = dict(arguments.query(req.query_string, set()))
        if "file" in values:
            raise InvalidError(GatewayCode.PARAMETER_DUPLICATED, names=["file"])
        owner = actor.account_id if actor else None
        values["file"] = await store.put(req.stream, media_type=media_types.JSON, owner=owner)
        content = await deps.rpc.fetch(route.operation, values, headers_of(deps, req, route, operation))
        write_json(req, resp, content, status=route.status)

    return respond


def _giving(deps: Deps, route: Route, operation: Operation) -> Responder:
    """A read whose reply names a kept file; the service decides each time who gets it."""
    store = deps.files.apart(route.folder)

    async def respond(req: Request, resp: Response, **path: str) -> None:
        auth.check_present(req, operation)
        values = await arguments.collect(req, path, Inputs(operation.input), limit=deps.body_max)
        named = await deps.rpc.call(route.operation, values, call_headers(deps, req))
        about = await store.about(named["sha256"])
        if about is None:
            raise NotFoundError(GatewayCode.FILE_NOT_FOUND)
        for name, value in REPLY_HEADERS:
            resp.set_header(name, value)
        resp.etag = f'"{named["sha256"]}"'
        if arguments.matches(req.get_header("If-None-Match"), resp.etag):
            resp.status = 304
            return
        resp.content_type = about["media_type"]
        resp.set_header("Repr-Digest", files.digest_header(named["sha256"]))
        resp.set_stream(await store.open(named["sha256"], sealed=bool(about.get("sealed"))), about["size"])

    return respond


def seen_by(deps: Deps, req: Request) -> dict[str, str]:
    """Where a session is begun or goes on, as the gateway saw it: in place of whatever the client wrote there."""
    found = {
        "device": seen.device_of(req.get_header("User-Agent")),
        "address_prefix": seen.prefix_of(deps.limits.address(req)),
    }
    return {name: value for name, value in found.items() if value}


def _keeping(deps: Deps, reads: Reads, route: Route, operation: Operation) -> Responder:
    """A read whose reply may be kept. Everything is checked as ever before the cache is asked."""
    inputs = Inputs(operation.input)

    async def respond(req: Request, resp: Response, **path: str) -> None:
        auth.check_present(req, operation)
        values = await arguments.collect(req, path, inputs, limit=deps.body_max)

        async def call() -> Copy:
            content = await deps.rpc.fetch(route.operation, values, call_headers(deps, req))
            return hot.copy_of(content, etag_of(content), route.path, operation.roles)

        key = reads.key(req)
        if key is None:
            copy = await call()
        else:
            copy, outcome = await reads.fetch(key, operation, values, call)
            resp.set_header("Cache-Status", hot.told(outcome))
        _write(req, resp, copy.content, copy.etag)

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
    noun = _noun(content)
    if status == 202 and noun.job_id is not None:
        resp.set_header("Location", f"/v1/jobs/{noun.job_id}")
    _write(req, resp, content, _etag(noun.version, content), status=status)


class _File(msgspec.Struct):
    """A small file inside a reply."""

    file_name: str
    media_type: str
    content: bytes


def _hand_out(resp: Response, content: bytes) -> None:
    """The file itself, never shown by a browser as a page of ours."""
    file = msgspec.json.decode(content, type=_File)
    for name, value in REPLY_HEADERS:
        resp.set_header(name, value)
    resp.content_type = file.media_type
    resp.set_header("Content-Disposition", f'attachment; filename="{file.file_name}"')
    resp.data = file.content


def etag_of(content: bytes) -> str | None:
    """The tag of a view that has a version."""
    return _etag(_noun(content).version, content)


def _etag(version: int | None, content: bytes) -> str | None:
    if version is None:
        return None
    # A view shows more than its row (names, counts) and less to some roles: the version alone would answer 304 to
    # somebody whose copy is another one.
    return f'"{version}-{hashlib.sha256(content).hexdigest()[:16]}"'


def _write(req: Request, resp: Response, content: bytes, etag: str | None, *, status: int = 200) -> None:
    resp.status = status
    for name, value in REPLY_HEADERS:
        resp.set_header(name, value)
    if etag is not None:
        resp.etag = etag
        if req.method == "GET" and arguments.matches(req.get_header("If-None-Match"), etag):
            resp.status = 304
            return
    if status != 204:
        resp.content_type = "application/json"
        resp.data = content


def _noun(content: bytes) -> _Noun:
    try:
        return _NOUN.decode(content)
    except msgspec.DecodeError:  # a list, or a view whose version is something else
        return _Noun()
