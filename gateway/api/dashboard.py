"""Supervision: the four services' numbers on one page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from falcon.asgi import Request, Response
from marshmallow import Schema, fields

from chassis.operations import rpc
from gateway import auth, catalogue, resource
from gateway.catalogue import SERVICES
from gateway.route import Route

if TYPE_CHECKING:
    from gateway.deps import Deps

ROUTES = (Route("GET", "/v1/dashboard", "gateway.get_dashboard"),)
PARTS = {service: f"{service}.get_{service}_dashboard" for service in SERVICES}


def _view() -> type[Schema]:
    """What each service promises, side by side."""
    known = catalogue.load()
    parts = {
        service: fields.Nested(row.output)
        for service, name in PARTS.items()
        if (row := known.get(name)) and row.output is not None
    }
    return Schema.from_dict(dict(parts), name="DashboardView")


def _readers() -> frozenset[str]:
    """Who may see every part: the page is never short, so nobody is let in to be refused by one of the four."""
    known = catalogue.load()
    return frozenset.intersection(*(known[name].roles for name in PARTS.values()))


DASHBOARD = rpc(
    "get_dashboard",
    None,
    _view(),
    roles=_readers(),
    zh="监管看板",
    en="Supervision dashboard",
)
OPERATIONS = (DASHBOARD,)


def responders(deps: Deps) -> dict[str, Callable[..., Awaitable[None]]]:
    """All four at once; when one is away the page is away, never silently short."""

    async def get_dashboard(req: Request, resp: Response) -> None:
        auth.require(req, deps.verifier, DASHBOARD, street=deps.street)
        headers = resource.call_headers(deps, req)
        replies = await asyncio.gather(*(deps.rpc.call(name, {}, headers) for name in PARTS.values()))
        resource.write(req, resp, dict(zip(PARTS, replies, strict=True)))

    return {"get_dashboard": get_dashboard}
