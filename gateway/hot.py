"""Hot reads: what a gateway keeps of which operations, for whom, and until when (docs/gateway-cache.md)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import msgspec
from falcon.asgi import Request
from prometheus_client import Counter, Gauge

from chassis.actor import Actor, public_actor
from chassis.codes import ChassisCode
from chassis.errors import FootprintError, ForbiddenError, UnauthenticatedError
from chassis.events import Envelope
from chassis.operations import ANYONE, Operation
from chassis.tokens import Verifier
from gateway import auth
from gateway.cache import AbandonedError, Copy, Flight, Key, ReadCache
from gateway.catalogue import Catalogue
from gateway.headers import REPLY_HEADERS, SECURITY_HEADERS

READS = Counter(
    "footprint_cache_reads", "Cacheable reads: hit, miss, joined (waited for another's call).", ("outcome",)
)
EVICTED = Counter("footprint_cache_evicted", "Replies that made room for others.")
KEPT = Gauge("footprint_cache_replies", "Replies kept.", multiprocess_mode="livesum")
SIZE = Gauge("footprint_cache_bytes", "Bytes of the replies kept.", multiprocess_mode="livesum")
HIT, MISS, JOINED = "hit", "fwd=miss", "fwd=miss; collapsed"  # Cache-Status, RFC 9211
_COUNTS = {HIT: READS.labels("hit"), MISS: READS.labels("miss"), JOINED: READS.labels("joined")}
Call = Callable[[], Awaitable[Copy]]


class Reads:
    """The cache in the gateway's words: tokens, operations, events."""

    def __init__(
        self, cache: ReadCache, verifier: Verifier, catalogue: Catalogue, *, district: str, street: str
    ) -> None:
        self.cache = cache
        self._verifier = verifier
        self._street = street
        self._public = public_actor(district, (street,) if street else ())
        self._lists: dict[str, set[str]] = {}
        for name, operation in catalogue.items():
            if operation.cached is not None:
                self._lists.setdefault(name.partition(".")[0], set()).update(operation.cached.events)

    def actor(self, token: str | None) -> Actor:
        """Who asks, as the service will see it; raises like the service. A hit never skips this."""
        if token is None:
            return self._public
        actor = self._verifier.actor(token)
        if actor.scopes is not None:  # an API key may be narrower than its role: the service looks
            raise ForbiddenError(ChassisCode.SCOPE_FORBIDDEN)
        return auth.narrow(actor, self._street)

    def key(self, req: Request) -> Key | None:
        """Of a request whose operation may be cached; ``None`` where only the service can say what is wrong."""
        if not self.cache.on:
            return None
        try:
            return key_of(req.scope["path"], req.scope["query_string"], self.actor(auth.bearer(req)))
        except FootprintError:
            return None

    async def fetch(self, key: Key, operation: Operation, values: Mapping[str, Any], call: Call) -> tuple[Copy, str]:
        """The kept reply, or that of a call under way, or a new call's; and which of them it was."""
        while True:
            copy = self.cache.get(key)
            if copy is not None:
                return copy, HIT
            flight = self.cache.flight(key)
            if flight is None:
                flight = self.cache.begin(key, tags_of(operation, values))
                return await self._lead(flight, call, about_of(operation, values)), MISS
            try:
                return await flight.wait(), JOINED
            except (UnauthenticatedError, AbandonedError):
                continue  # the other's token has expired, or the other hung up: this request asks for itself

    async def _lead(self, flight: Flight, call: Call, about: str | None) -> Copy:
        evicted = self.cache.evicted
        try:
            copy = await call()
        except Exception as error:
            self.cache.finish(flight, None)
            flight.fail(error)
            raise
        except BaseException:  # cancelled: the client hung up
            self.cache.finish(flight, None)
            flight.fail(AbandonedError())
            raise
        self.cache.finish(flight, copy if about is None or about.encode() in copy.content else None)
        flight.land(copy)
        EVICTED.inc(self.cache.evicted - evicted)
        return copy

    # what makes replies stale ------------------------------------------------------------------------------------

    def heard(self, envelope: Envelope) -> None:
        """An event: of its subject, and by its name."""
        self.cache.stale(envelope.subject)
        self.cache.stale(envelope.name)

    def bound(self) -> None:
        self.cache.bound()

    def lost(self) -> None:
        self.cache.lost()

    def wrote(self, service: str, values: Mapping[str, Any], reply: bytes) -> None:
        """After a command through this gateway: its own client may read at once, before the event has come round.

        Stale is what the command was told and what it answered, by id, and every reply that shows many of the service.
        """
        if not self.cache.on:
            return
        for name in (*_strings(values), *_strings(_decoded(reply)), *self._lists.get(service, ())):
            self.cache.stale(name)

    def show(self) -> None:
        """Gauges, when somebody looks."""
        KEPT.set(len(self.cache))
        SIZE.set(self.cache.bytes)


def key_of(path: str, query: bytes, actor: Actor) -> Key:
    """The address as asked, and the caller's whole scope: whatever a service may narrow or widen a reply by."""
    return (
        path,
        query,
        actor.role,
        actor.district_code,
        actor.street_codes,
        actor.organisation_id,
        actor.on_behalf_of,
        actor.purpose,
    )


def tags_of(operation: Operation, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The id the reply is about, and the events that spoil it."""
    cached = operation.cached
    if cached is None:
        return ()
    about = values.get(cached.about) if cached.about else None
    return (*cached.events, about) if isinstance(about, str) else cached.events


def about_of(operation: Operation, values: Mapping[str, Any]) -> str | None:
    """The id a reply must name to be kept: a redirected one shows another noun, whose events would not spoil it."""
    about = values.get(operation.cached.about) if operation.cached is not None and operation.cached.about else None
    return about if isinstance(about, str) else None


def told(outcome: str) -> str:
    """Counts one cacheable read; the value of ``Cache-Status``."""
    _COUNTS[outcome].inc()
    return f"footprint; {outcome}"


def copy_of(content: bytes, etag: str | None, route: str, roles: frozenset[str]) -> Copy:
    """With the headers a hit is answered with; a 304 leaves out the last two."""
    named = [*SECURITY_HEADERS, *REPLY_HEADERS, *((("ETag", etag),) if etag else ())]
    named += [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    return Copy(content, etag, route, roles, tuple((name.lower().encode(), value.encode()) for name, value in named))


def may(actor: Actor, roles: frozenset[str]) -> bool:
    return ANYONE in roles or actor.role in roles


def _strings(values: Mapping[str, Any]) -> Iterable[str]:
    return [value for value in values.values() if isinstance(value, str)]


def _decoded(reply: bytes) -> Mapping[str, Any]:
    value = msgspec.json.decode(reply) if reply else None
    return value if isinstance(value, dict) else {}
