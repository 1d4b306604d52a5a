"""The monolith's HTTP side: ``gunicorn -k asgi 'bench.monolith.app:get_app()'``, the product's own edge in front."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Protocol, cast

import marshmallow
from falcon.asgi import App, Request, Response

from bench.monolith import core, orm, replies
from chassis import config, logging, tokens
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import InvalidError
from chassis.operations import Operation
from chassis.runtime.execute import translated
from contracts.registry.organisations import OPERATIONS
from gateway import access, arguments, auth, problems, resource, settings
from gateway.arguments import Inputs
from gateway.deps import Deps
from gateway.route import Route
from gateway.telemetry import Telemetry

STORE = config.setting("MONOLITH_STORE", "core", "How the monolith speaks SQL, core or orm; bench only.", listed=False)
STORES: dict[str, type[Store]] = {"core": core.Store, "orm": orm.Store}
REGISTER = Route("POST", "/v1/organisations", "registry.register_organisation", status=201)


class Store(Protocol):
    """The registry's organisations in PostgreSQL."""

    async def close(self) -> None: ...

    async def get_organisation(self, *, actor: Actor, organisation_id: str) -> dict[str, Any]: ...

    async def list_organisations(self, *, actor: Actor, **asked: Any) -> dict[str, Any]: ...

    async def register_organisation(
        self, *, actor: Actor, command_id: str, trace_id: str, facts: dict[str, Any]
    ) -> dict[str, Any]: ...


class Door:
    """Who asks, may they, and for what: what gateway and the service's runtime do in the product."""

    def __init__(self, verifier: tokens.Verifier) -> None:
        # The product's middleware and command ids ask their Deps for nothing but the verifier.
        self.deps = cast(Deps, SimpleNamespace(verifier=verifier, street=""))
        self._operations: dict[str, Operation] = {operation.name: operation for operation in OPERATIONS}
        self._inputs = {name: Inputs(operation.input) for name, operation in self._operations.items()}
        self._schemas = {name: operation.input() for name, operation in self._operations.items()}

    async def admit(self, req: Request, name: str, path: dict[str, str]) -> tuple[Actor, dict[str, Any]]:
        operation = self._operations[name]
        auth.check_present(req, operation)
        values = await arguments.collect(req, path, self._inputs[name], limit=settings.BODY_MAX.get())
        actor = auth.require(req, self.deps.verifier, operation, street="")
        assert actor is not None  # none of these operations is public
        try:
            loaded: dict[str, Any] = self._schemas[name].load(values)
        except marshmallow.ValidationError as error:
            raise InvalidError(ChassisCode.REQUEST_INVALID, fields=error.messages) from error
        return actor, loaded


class Organisations:
    """``/v1/organisations``."""

    def __init__(self, door: Door, store: Store) -> None:
        self._door = door
        self._store = store

    async def on_get(self, req: Request, resp: Response) -> None:
        actor, asked = await self._door.admit(req, "list_organisations", {})
        with translated():
            reply = await self._store.list_organisations(actor=actor, **asked)
        replies.write(req, resp, reply)

    async def on_post(self, req: Request, resp: Response) -> None:
        actor, facts = await self._door.admit(req, "register_organisation", {})
        command_id = resource.command_id(self._door.deps, req, REGISTER)
        trace_id = str(req.context["trace_id"])
        with translated():
            reply = await self._store.register_organisation(
                actor=actor, command_id=command_id, trace_id=trace_id, facts=facts
            )
        replies.write(req, resp, reply, status=REGISTER.status)


class Organisation:
    """``/v1/organisations/{organisation_id}``."""

    def __init__(self, door: Door, store: Store) -> None:
        self._door = door
        self._store = store

    async def on_get(self, req: Request, resp: Response, organisation_id: str) -> None:
        actor, asked = await self._door.admit(req, "get_organisation", {"organisation_id": organisation_id})
        with translated():
            reply = await self._store.get_organisation(actor=actor, **asked)
        replies.write(req, resp, reply)


class Healthz:
    """It answers."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {"status": "ok"}


def get_app() -> App[Request, Response]:
    """As configured by the environment."""
    logging.configure()
    access.open_log()
    door, store = Door(tokens.verifier()), STORES[STORE.get()]()
    app: App[Request, Response] = App(middleware=[Telemetry(door.deps)])
    problems.install(app)
    app.add_route("/v1/organisations", Organisations(door, store))
    app.add_route("/v1/organisations/{organisation_id}", Organisation(door, store))
    app.add_route("/healthz", Healthz())
    return app
