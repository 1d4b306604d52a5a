"""Live updates: one queue a gateway process hears every event; each open stream gets those its reader may know of."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol
from weakref import WeakSet

from falcon.asgi import SSEvent

from chassis import ids, link, logging
from chassis.actor import Actor
from chassis.events import Envelope, from_message
from chassis.frames import Delivery
from chassis.link import Step
from gateway.broker import Broker, Use, Wire
from gateway.catalogue import SERVICES

# A tally may not leak by its rhythm either (DOMAIN.md, "Tallies stay hidden"; CONTRACT.md, "Secret ballots").
HIDDEN = ("ballot", "vote", "tally", "participation", "score")
_log = logging.get("gateway.stream")
_HUBS: WeakSet[EventHub] = WeakSet()


@dataclass(eq=False)
class Reader:
    """One open stream: whose, and what waits to be written to it."""

    actor: Actor
    size: int
    queue: asyncio.Queue[Envelope | None] = field(init=False)
    ended: bool = False

    def __post_init__(self) -> None:
        self.queue = asyncio.Queue(self.size)

    def offer(self, envelope: Envelope) -> None:
        """Never waits: a reader too slow for its buffer is ended and comes back."""
        try:
            self.queue.put_nowait(envelope)
        except asyncio.QueueFull:
            self.ended = True

    def end(self) -> None:
        """Wake the stream, to find that it is over."""
        self.ended = True
        if not self.queue.full():
            self.queue.put_nowait(None)


class Listener(Protocol):
    """Somebody inside who must know of every event. ``bound``: none is missed from now on; ``lost``: until told."""

    def heard(self, envelope: Envelope) -> None: ...
    def bound(self) -> None: ...
    def lost(self) -> None: ...


def may_see(actor: Actor, envelope: Envelope) -> bool:
    """Own district; a street's people hear of their street and of what is district-wide."""
    if envelope.district_code != actor.district_code or any(word in envelope.name for word in HIDDEN):
        return False
    streets = set(envelope.payload.get("street_codes") or ())
    return not actor.street_codes or not streets or bool(streets & set(actor.street_codes))


class EventHub:
    """Fans events out to the streams of this process."""

    def __init__(self, *, district: str, buffer: int = 256, heartbeat: float = 15.0, lifetime: float = 600.0) -> None:
        self._district = district
        self._buffer = buffer
        self._heartbeat = heartbeat
        self._lifetime = lifetime
        self._readers: set[Reader] = set()
        self._closing = False
        self._listeners: list[Listener] = []
        _HUBS.add(self)

    def attach(self, broker: Broker) -> None:
        """Hear the four services' exchanges on this connection."""
        broker.use(
            Use(name="events", steps=self._steps, ready=self._on_ready, deliver=self._on_delivery, lost=self._on_lost)
        )

    def listen(self, listener: Listener) -> None:
        """Tell this process itself of events, and of the times when it would miss some."""
        self._listeners.append(listener)

    def publish(self, envelope: Envelope) -> None:
        """Offer an event to every reader who may see it."""
        for listener in self._listeners:  # first: whoever reads again on a notice must not read an old copy
            listener.heard(envelope)
        for reader in self._readers:
            if may_see(reader.actor, envelope):
                reader.offer(envelope)

    @property
    def readers(self) -> int:
        return len(self._readers)

    def end_session(self, session_id: str) -> None:
        """Its streams end: whoever had it signs in again or is gone."""
        for reader in self._readers:
            if reader.actor.session_id == session_id:
                reader.end()

    def end_streams(self) -> None:
        """End every stream, so that a worker can leave; clients connect anew, to another one."""
        self._closing = True
        for reader in self._readers:
            reader.end()

    async def close(self) -> None:
        """Leave the bus."""
        self.end_streams()

    async def read(self, actor: Actor) -> AsyncIterator[SSEvent]:
        """The stream of one reader: thin notices ("this changed, read it again"), and heartbeats in between."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._lifetime
        with self._reader(actor) as reader:
            yield SSEvent(comment="connected", retry=3000)
            while not (reader.ended or self._closing) and (left := until - loop.time()) > 0:
                envelope = await self._next(reader, min(left, self._heartbeat))
                yield SSEvent() if envelope is None else notice(envelope)

    @contextmanager
    def _reader(self, actor: Actor) -> Iterator[Reader]:
        reader = Reader(actor, self._buffer)
        self._readers.add(reader)
        try:
            yield reader
        finally:
            self._readers.discard(reader)

    async def _next(self, reader: Reader, seconds: float) -> Envelope | None:
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(reader.queue.get(), seconds)
        return None

    # the broker's side ------------------------------------------------------------------------------------------

    def _steps(self) -> Sequence[Step]:
        """Exchanges are the migrate step's to declare; until it has run the broker refuses, and we try again."""
        queue = f"gateway.events-{ids.new_uuid()}"
        steps = [*link.open_channel(1), *link.own_queue(1, queue)]
        for service in SERVICES:
            steps += link.bind(1, queue, f"{service}.events", f"{self._district}.#")
        return [*steps, *link.consume(1, queue, "events", no_ack=True)]

    def _on_ready(self, wire: Wire) -> None:
        _log.info("events_bound")
        for listener in self._listeners:
            listener.bound()

    def _on_lost(self) -> None:
        _log.info("events_lost")
        for listener in self._listeners:
            listener.lost()

    def _on_delivery(self, delivery: Delivery) -> None:
        try:
            self.publish(from_message(delivery.properties.get("headers") or {}, delivery.body))
        except ValueError as error:
            _log.warning("event_unreadable", error=str(error))
            for listener in self._listeners:
                listener.bound()  # it may have been about anything


def notice(envelope: Envelope) -> SSEvent:
    """What changed, without its payload: the reader fetches it through the API, where rights are checked."""
    return SSEvent(
        event=envelope.name,
        event_id=envelope.id,
        json={
            "id": envelope.id,
            "event": envelope.name,
            "subject": envelope.subject,
            "subject_version": envelope.subject_version,
            "occurred_at": envelope.occurred_at.isoformat(),
            "street_codes": list(envelope.payload.get("street_codes") or ()),
        },
    )


def end_streams() -> None:
    """Of this process, at its end: a server waits for open requests, and a stream would never end by itself."""
    for hub in _HUBS:
        hub.end_streams()
