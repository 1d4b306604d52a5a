"""Calls on the fast path: stock Nameko's wire format and service model, one lean greenlet a call.

Replies are transient and unconfirmed; a reply and the acknowledgement of its request leave in one write, the reply
first: at least once. A caller that hears nothing asks again, and a command id makes that harmless (decision 0008).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import eventlet
from eventlet.event import Event
from greenlet import getcurrent, greenlet
from nameko.extensions import Entrypoint, SharedExtension

from chassis import config, crash, frames, ids, link, logging
from chassis.codes import ChassisCode
from chassis.errors import InternalError, NotFoundError, UnavailableError
from chassis.frames import Delivery
from chassis.link import Link
from chassis.runtime import wire
from chassis.runtime.answer import HandlerTimeoutError, answer
from chassis.runtime.green_link import GreenLink
from chassis.runtime.names import reply_exchange, rpc_name

log = logging.get(__name__)
CHANNEL = 1


@dataclass(eq=False)
class Running:
    """A call that is being carried out."""

    greenlet: Any
    since: float
    method: str


class Tags:
    """Deliveries of one connection that are not acknowledged yet, and those of them that are answered."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.held: set[int] = set()
        self.answered: list[int] = []

    def acknowledge(self) -> None:
        """One frame for all that is answered up to the oldest call that is not; one each for those beyond it."""
        answered, self.answered = self.answered, []
        if not answered:
            return
        self.held.difference_update(answered)
        oldest = min(self.held, default=max(answered) + 1)
        if reached := [tag for tag in answered if tag < oldest]:
            self.link.send(frames.ack(CHANNEL, max(reached), up_to=True))
        for tag in answered:
            if tag > oldest:
                self.link.send(frames.ack(CHANNEL, tag))


class FastCalls(SharedExtension):
    """The service's RPC queue on a connection of its own; prefetch = workers."""

    def __init__(self) -> None:
        super().__init__()
        self.draining = False
        self._methods: dict[str, FastEntrypoint] = {}
        self._running: set[Running] = set()
        self._idle = Event()
        self._bus: GreenLink | None = None
        self._tag = f"calls-{ids.new_uuid()}"
        self._loop: Any = None
        self._tags: Tags | None = None

    def add(self, provider: FastEntrypoint) -> None:
        self._methods[provider.method_name] = provider

    def start(self) -> None:
        """Returns once the queue is consumed; a broker that is away is waited for."""
        name = self.container.service_name
        self._loop = eventlet.hubs.get_hub().greenlet
        steps = link.open_channel(CHANNEL, prefetch=int(self.container.max_workers))
        steps += link.consume(CHANNEL, rpc_name(name), self._tag)
        self._bus = GreenLink(
            self.container.config["AMQP_URI"],
            steps,
            on_delivery=self._on_delivery,
            heartbeat=self.container.config["HEARTBEAT"],
            name=f"{name} calls",
            before_write=self._acknowledge,
        )
        self.container.spawn_managed_thread(self._bus.run, identifier="calls")
        self.container.spawn_managed_thread(self._watch, identifier="call limits")
        while self._bus.link is None and not self.draining:
            eventlet.sleep(0.02)

    def drain(self) -> None:
        """Take no more, finish what was begun, answer and acknowledge it, then close (F6)."""
        if self.draining:
            self._idle.wait()
            return
        self.draining = True
        assert self._bus is not None
        current = self._bus.link
        if current is not None:
            current.cancel(CHANNEL, self._tag)
            self._bus.wake()
            while self._bus.link is current and not current.cancelled:  # what comes before that is given back
                eventlet.sleep(0.01)
        while self._running:
            eventlet.sleep(0.01)
        self._bus.close()
        self._idle.send()

    def kill(self) -> None:
        """Nothing is finished; the broker takes back what was not acknowledged."""
        self.draining = True
        if self._bus is not None:
            self._bus.drop()

    def _on_delivery(self, delivery: Delivery, current: Link) -> None:
        if self.draining:
            current.send(frames.give_back(CHANNEL, delivery.tag))
            return
        if self._tags is None or self._tags.link is not current:
            self._tags = Tags(current)
        self._tags.held.add(delivery.tag)
        # In the loop: a call that waits for nothing is over, reply and all, when this returns.
        greenlet(self._serve, self._loop).switch(delivery, current)

    def _acknowledge(self, current: Link) -> None:
        if self._tags is not None and self._tags.link is current:
            self._tags.acknowledge()

    def _serve(self, delivery: Delivery, current: Link) -> None:
        """One call: its reply, then its acknowledgement, on whatever connection is up by then."""
        method = delivery.routing_key.rpartition(".")[2]
        running = Running(getcurrent(), time.monotonic(), method)
        self._running.add(running)
        try:
            body = self._perform(method, delivery)
        except HandlerTimeoutError:  # it came after the method's own try
            body = wire.refusal_body(UnavailableError(ChassisCode.DEADLINE_EXCEEDED, operation=method))
        except Exception:
            log.exception("call_failed", operation=method)
            body = wire.refusal_body(InternalError(ChassisCode.INTERNAL))
        finally:
            self._running.discard(running)
        self._reply(delivery, current, body)

    def _perform(self, method: str, delivery: Delivery) -> bytes:
        provider = self._methods.get(method)
        if provider is None:
            return wire.refusal_body(NotFoundError(ChassisCode.OPERATION_NOT_FOUND, operation=method))
        return provider.perform(delivery)

    def _reply(self, delivery: Delivery, current: Link, body: bytes) -> None:
        known = delivery.properties
        assert self._bus is not None
        up = self._bus.link
        if up is None:  # the caller will ask again, and the broker has taken the request back
            log.warning("reply_lost", operation=delivery.routing_key)
            return
        if reply_to := known.get("reply_to"):
            correlation_id = known.get("correlation_id", "")
            exchange = reply_exchange(reply_to)
            up.send(frames.reply(CHANNEL, exchange, reply_to, body, correlation_id, frame_max=up.frame_max))
        crash.point("call.after_reply")
        if up is current and self._tags is not None:
            self._tags.answered.append(delivery.tag)  # acknowledged by the write that carries the reply
        self._bus.wake()

    def _watch(self) -> None:
        """A call that runs longer than the limit is ended; looked at once a second instead of a timer a call."""
        limit = config.HANDLER_LIMIT.get()
        while True:
            eventlet.sleep(min(1.0, limit / 4))
            late = time.monotonic() - limit
            for running in [one for one in self._running if one.since < late]:
                running.since = time.monotonic()
                error = HandlerTimeoutError(f"{running.method} ran longer than {limit:g} s")
                eventlet.hubs.get_hub().schedule_call_global(0, self._end, running, error)

    def _end(self, running: Running, error: Exception) -> None:
        if running in self._running:
            running.greenlet.throw(error)


class FastEntrypoint(Entrypoint):
    """One method. Derive it and say what becomes of a request."""

    calls = FastCalls()

    def setup(self) -> None:
        self.calls.add(self)

    def stop(self) -> None:
        self.calls.drain()

    def perform(self, delivery: Delivery) -> bytes:
        """The body of the reply, as Nameko's clients read it."""
        raise RuntimeError("an entrypoint without work")


class FastCall(FastEntrypoint):
    """One operation, carried out by the executor."""

    def perform(self, delivery: Delivery) -> bytes:
        headers = delivery.properties.get("headers") or {}
        return answer(self.container.config["executor"], self.method_name, headers, delivery.body)
