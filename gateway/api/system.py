"""The district's clock, whether it is at rest, its bus, and long work."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from falcon.asgi import Request, Response
from marshmallow import Schema, fields

from chassis import ids, standard
from chassis.codes import ChassisCode
from chassis.errors import NotFoundError
from chassis.operations import command, rpc
from gateway import arguments, auth, resource, settlement
from gateway.arguments import Inputs
from gateway.catalogue import SERVICES
from gateway.route import Route

if TYPE_CHECKING:
    from gateway.deps import Deps

OPERATORS = standard.OPERATORS
ADVANCE_ROUTE = Route("POST", "/v1/clock/advance", "gateway.advance_clock")
ROUTES = (
    Route("GET", "/v1/clock", "registry.get_clock"),
    ADVANCE_ROUTE,
    Route("GET", "/v1/settlement", "gateway.get_settlement"),
    Route("GET", "/v1/bus", "gateway.get_bus"),
    Route("GET", "/v1/jobs/{job_id}", "gateway.get_job"),
)


class SettlementView(Schema):
    """A district at rest: every event has reached each of its handlers; positions of the outboxes."""

    settled = fields.Boolean(required=True)
    waited_seconds = fields.Float(required=True)
    positions = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class AdvancedView(standard.ClockView):
    """The clock after it was moved, and the rest that followed."""

    settlement = fields.Nested(SettlementView, required=True)


BusStates = Schema.from_dict({service: fields.Nested(standard.BusView) for service in SERVICES}, name="BusStates")

ADVANCE = command(
    "advance_clock", standard.AdvanceClock, AdvancedView, roles=OPERATORS, zh="拨快演示时钟", en="Move the demo clock"
)
SETTLEMENT = rpc("get_settlement", None, SettlementView, roles=OPERATORS, zh="等待平静", en="Wait for rest")
BUS = rpc("get_bus", None, BusStates, roles=OPERATORS, zh="各服务总线状态", en="The bus, per service")
JOB = rpc("get_job", standard.JobQuery, standard.JobView, roles=("*",), zh="查看后台任务", en="Follow a job")
OPERATIONS = (ADVANCE, SETTLEMENT, BUS, JOB)


def responders(deps: Deps) -> dict[str, Callable[..., Awaitable[None]]]:
    """The services check the operator's right themselves, on the first call of each."""
    rest = settlement.Settlement(deps.rpc, seconds=deps.settle_seconds)
    inputs = Inputs(standard.AdvanceClock)

    async def advance_clock(req: Request, resp: Response) -> None:
        auth.require(req, deps.verifier, ADVANCE, street=deps.street)
        values = await arguments.collect(req, {}, inputs, limit=deps.body_max)
        base = uuid.UUID(resource.command_id(deps, req, ADVANCE_ROUTE))
        command_ids = {service: str(uuid.uuid5(base, service)) for service in SERVICES}
        headers = resource.call_headers(deps, req)
        view = await settlement.advance(deps.rpc, values, headers, command_ids)
        settled = await rest.wait(headers)
        forget(deps)
        resource.write(req, resp, {**view, "settlement": settled})

    async def get_settlement(req: Request, resp: Response) -> None:
        auth.require(req, deps.verifier, SETTLEMENT, street=deps.street)
        settled = await rest.wait(resource.call_headers(deps, req))
        forget(deps)
        resource.write(req, resp, settled)

    async def get_bus(req: Request, resp: Response) -> None:
        auth.require(req, deps.verifier, BUS, street=deps.street)
        resource.write(req, resp, await rest.states(resource.call_headers(deps, req)))

    async def get_job(req: Request, resp: Response, job_id: str) -> None:
        service = service_of(job_id)
        view = await deps.rpc.call(f"{service}.get_job", {"job_id": job_id}, resource.call_headers(deps, req))
        resource.write(req, resp, view)

    return {
        "advance_clock": advance_clock,
        "get_settlement": get_settlement,
        "get_bus": get_bus,
        "get_job": get_job,
    }


def forget(deps: Deps) -> None:
    """At rest every handler has applied its events; whoever was told so must not read what was kept before."""
    if deps.reads is not None:
        deps.reads.cache.flush()


def service_of(job_id: str) -> str:
    """``projects_job_…`` is a job of projects."""
    service = job_id.partition("_")[0]
    if service not in SERVICES or not ids.is_id(f"{service}_job", job_id):
        raise NotFoundError(ChassisCode.JOB_NOT_FOUND)
    return service
