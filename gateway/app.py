"""The gateway: ``gunicorn -k asgi 'gateway.app:get_app()'``. Joins the tables; holds no rule."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from falcon.asgi import App, Request, Response

from chassis import config, logging, tokens
from gateway import api, catalogue, files, health, limits, openapi, pages, problems, settings
from gateway.broker import Broker
from gateway.deps import Deps
from gateway.resource import Resource
from gateway.rpc import AmqpRpc
from gateway.stream import EventHub
from gateway.telemetry import Telemetry


def create_app(deps: Deps) -> App[Request, Response]:
    """The ASGI app. Raises ``LookupError`` when a route names an operation that no contract has."""
    deps = replace(deps, catalogue={**deps.catalogue, **api.own_operations()})
    deps = replace(deps, own=api.own_responders(deps))
    lost = catalogue.unknown(deps.routes, deps.catalogue)
    if lost:
        raise LookupError(f"no contract has: {', '.join(route.operation for route in lost)}")
    app: App[Request, Response] = App(middleware=[Telemetry(deps), Lifespan(deps)])
    problems.install(app)
    add_routes(app, deps)
    return app


def add_routes(app: App[Request, Response], deps: Deps) -> None:
    """Every address there is."""
    rows = sorted(deps.routes, key=lambda route: route.path)
    for path, routes in groupby(rows, key=lambda route: route.path):
        app.add_route(path, Resource(deps, routes))
    app.add_route("/healthz", health.Healthz())
    app.add_route("/readyz", health.Readyz(deps))
    app.add_route("/metrics", health.Metrics(deps))
    app.add_route("/openapi.json", pages.OpenApi(openapi.build(deps.routes, deps.catalogue)))
    for path, (name, media_type) in pages.FILES.items():
        app.add_route(path, pages.Page(name, media_type))


class Lifespan:
    """Opens and closes what the app stands on, with the server."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def process_startup(self, scope: object, event: object) -> None:
        for start in self._deps.opens:
            await start()

    async def process_shutdown(self, scope: object, event: object) -> None:
        for stop in self._deps.closes:
            await stop()


def get_app() -> App[Request, Response]:
    """As configured by the environment."""
    logging.configure()
    broker = Broker(config.AMQP_URI.get(), heartbeat=config.HEARTBEAT.get())
    hub = EventHub(
        district=config.DISTRICT.get(),
        buffer=settings.STREAM_BUFFER.get(),
        heartbeat=settings.HEARTBEAT.get(),
        lifetime=settings.STREAM_SECONDS.get(),
    )
    rpc = AmqpRpc(broker, deadline=settings.RPC_DEADLINE.get())
    hub.attach(broker)
    return create_app(
        Deps(
            rpc=rpc,
            verifier=tokens.verifier(),
            files=files.from_settings(),
            hub=hub,
            limits=limits.from_settings(),
            routes=api.routes(),
            catalogue=catalogue.load(),
            street=settings.STREET.get(),
            district=config.DISTRICT.get(),
            body_max=settings.BODY_MAX.get(),
            settle_seconds=settings.SETTLE_SECONDS.get(),
            opens=(broker.open,),
            closes=(hub.close, broker.close),
        )
    )
