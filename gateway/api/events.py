"""Live updates as server-sent events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from falcon.asgi import Request, Response
from marshmallow import Schema, fields

from chassis import fields as edge
from chassis.operations import rpc
from contracts import roles
from gateway import auth
from gateway.route import Route

if TYPE_CHECKING:
    from gateway.deps import Deps


class EventNotice(Schema):
    """The ``data`` of one server-sent event: what changed; read it again through its own route."""

    id = edge.Id("evt")
    event = fields.String()
    subject = fields.String()
    subject_version = fields.Integer()
    occurred_at = fields.String()
    street_codes = fields.List(fields.String())


LISTENERS = (
    *roles.DISTRICT_STAFF,
    roles.STREET_STAFF,
    roles.STEWARD,
    roles.HUB,
    roles.OPERATOR,
    roles.ADMINISTRATOR,
    roles.AUDITOR,
)
ROUTES = (Route("GET", "/v1/events", "gateway.stream_events"),)
STREAM = rpc("stream_events", None, EventNotice, roles=LISTENERS, zh="实时动态（SSE）", en="Live updates (SSE)")
OPERATIONS = (STREAM,)


def responders(deps: Deps) -> dict[str, Callable[..., Awaitable[None]]]:
    """``Last-Event-ID`` is accepted, not replayed: a notice says "read it again", so a returning client reads again."""

    async def stream_events(req: Request, resp: Response) -> None:
        actor = auth.require(req, deps.verifier, STREAM, street=deps.street)
        assert actor is not None
        resp.set_header("Cache-Control", "no-store")
        resp.set_header("X-Accel-Buffering", "no")
        resp.sse = deps.hub.read(actor)

    return {"stream_events": stream_events}
