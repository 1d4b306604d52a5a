"""The gateway: ``gunicorn -k asgi 'gateway.app:get_app()'``. Joins the tables; holds no rule."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from itertools import groupby

from falcon.asgi import App, Request, Response

from chassis import config, logging, tokens
from gateway import access, api, asyncapi, catalogue, files, health, keys, limits, openapi, pages, problems, settings
from gateway.broker import Broker
from gateway.cache import ReadCache
from gateway.deps import Deps
from gateway.front import Front
from gateway.hot import Reads
from gateway.pages.brand import BrandPage
from gateway.pages.notice import NoticePage
from gateway.pages.verifier import VerifyPage
from gateway.resource import Resource
from gateway.rpc import AmqpRpc
from gateway.shedding import Bounded
from gateway.stream import EventHub
from gateway.telemetry import Telemetry

BUS_SECONDS = 3.0


def create_app(deps: Deps) -> App[Request, Response]:
    """The ASGI app. Raises ``LookupError`` when a route names an operation that no contract has."""
    deps = complete(deps)
    lost = catalogue.unknown(deps.routes, deps.catalogue)
    if lost:
        raise LookupError(f"no contract has: {', '.join(route.operation for route in lost)}")
    app = Front(middleware=[Telemetry(deps), *key_exchange(deps), Lifespan(deps)])
    app.reads = deps.reads
    problems.install(app)
    add_routes(app, deps)
    return app


def key_exchange(deps: Deps) -> list[keys.KeyExchange]:
    """What turns API keys into tokens, where they are taken."""
    if deps.key_limits is None:
        return []
    known = keys.ApiKeys(deps.rpc, deps.key_limits)
    deps.revoked.tell(known.forget)
    return [keys.KeyExchange(known)]


def complete(deps: Deps) -> Deps:
    """With what follows from the rest: the bound on calls, the cache and its ears, and the gateway's own answers."""
    deps.verifier.check = deps.revoked.check
    deps.revoked.ask(deps.rpc)
    deps.revoked.tell(deps.hub.end_session)
    deps.hub.listen(deps.revoked)
    deps = replace(
        deps,
        rpc=Bounded(deps.rpc, limit=deps.in_flight_max),
        catalogue={**deps.catalogue, **api.own_operations()},
    )
    if deps.cache is not None:
        reads = Reads(deps.cache, deps.verifier, deps.catalogue, district=deps.district, street=deps.street)
        deps.hub.listen(reads)
        deps = replace(deps, reads=reads)
    return replace(deps, own=api.own_responders(deps))


def add_routes(app: App[Request, Response], deps: Deps) -> None:
    """Every address there is."""
    rows = sorted(deps.routes, key=lambda route: route.path)
    for path, routes in groupby(rows, key=lambda route: route.path):
        app.add_route(path, Resource(deps, routes))
    app.add_route("/healthz", health.Healthz())
    app.add_route("/readyz", health.Readyz(deps))
    app.add_route("/metrics", health.Metrics(deps))
    app.add_route("/openapi.json", pages.Document(lambda: openapi.build(deps.routes, deps.catalogue)))
    app.add_route("/asyncapi.json", pages.Document(asyncapi.build))
    app.add_route("/o/{slug}", BrandPage(deps))
    app.add_route("/verify", VerifyPage())
    app.add_route("/trail/notice", NoticePage(deps))
    for path, (name, media_type) in pages.FILES.items():
        app.add_route(path, pages.Page(name, media_type))


class Lifespan:
    """Opens and closes what the app stands on, with the server."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def process_startup(self, scope: object, event: object) -> None:
        for start in self._deps.opens:
            await start()
        await self._reach_the_bus()

    async def _reach_the_bus(self) -> None:
        """A new worker that listened at once would refuse what its forerunner can still serve; no broker, no wait."""
        limit = time.monotonic() + BUS_SECONDS
        while not self._deps.rpc.connected and time.monotonic() < limit:
            await asyncio.sleep(0.02)

    async def process_shutdown(self, scope: object, event: object) -> None:
        for stop in self._deps.closes:
            await stop()


def cache_from_settings() -> ReadCache | None:
    """As configured; ``None`` where it is switched off."""
    if not settings.CACHE.get():
        return None
    return ReadCache(
        entries=settings.CACHE_ENTRIES.get(), size=settings.CACHE_SIZE.get(), seconds=settings.CACHE_SECONDS.get()
    )


def get_app() -> App[Request, Response]:
    """As configured by the environment."""
    logging.configure()
    access.open_log()
    broker = Broker(config.AMQP_URI.get(), heartbeat=config.HEARTBEAT.get())
    hub = EventHub(
        district=config.DISTRICT.get(),
        buffer=settings.STREAM_BUFFER.get(),
        heartbeat=settings.HEARTBEAT.get(),
        lifetime=settings.STREAM_SECONDS.get(),
    )
    rpc = AmqpRpc(broker, deadline=settings.RPC_DEADLINE.get())
    hub.attach(broker)
    sign_in = limits.from_settings()
    return create_app(
        Deps(
            rpc=rpc,
            verifier=tokens.verifier(),
            files=files.from_settings(),
            hub=hub,
            limits=sign_in,
            key_limits=limits.keys_from_settings(sign_in),
            routes=api.routes(),
            catalogue=catalogue.load(),
            street=settings.STREET.get(),
            district=config.DISTRICT.get(),
            body_max=settings.BODY_MAX.get(),
            settle_seconds=settings.SETTLE_SECONDS.get(),
            in_flight_max=settings.IN_FLIGHT_MAX.get(),
            cache=cache_from_settings(),
            opens=(broker.open,),
            closes=(hub.close, broker.close),
        )
    )
