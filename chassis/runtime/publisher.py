"""Pipelined publishing with confirms: send a batch, then wait until the broker has answered for each message."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

import amqp
import kombu

from chassis import config, crash, frames, logging
from chassis.runtime import topology

log = logging.get(__name__)
Item = tuple[str, str, str, amqp.Message, bool]


CHUNK = 64 * 1024


class BrokerAwayError(Exception):
    """The connection went, or confirms did not come; what was not confirmed must be sent again."""


class Publisher:
    """Counts ``basic_ack``, ``basic_nack`` and ``basic_return`` of one channel in confirm mode."""

    def __init__(self, amqp_uri: str, *, stopping: Callable[[], bool]) -> None:
        self._uri = amqp_uri
        self._stopping = stopping
        self._connection: kombu.Connection | None = None
        self._channel: Any = None
        self._blocked = False
        self._tag = 0
        self._waiting: dict[int, str] = {}  # tag: key, in the order they were sent
        self._refused: dict[int, tuple[str, str]] = {}  # tag: key, reason
        self._tags: dict[str, int] = {}  # message id: tag, in the same order

    def publish(self, items: Iterable[Item]) -> dict[str, str]:
        """Publish ``(key, exchange, routing key, message, mandatory)``; returns ``{key: reason}`` of those not taken.

        Everything else is confirmed. Raises :class:`BrokerAwayError`.
        """
        return self.settle(self.send(items))

    def send(self, items: Iterable[Item]) -> int:
        """The first half of :meth:`publish`: the broker is at work. Returns the mark to :meth:`settle` it by.

        Another batch may be sent before; they are settled in their order.
        """
        with self._or_away():
            channel = self._channel or self._open()
            self._wait_unblocked()
            limit = config.CONFIRM_LIMIT.get()  # a socket that takes nothing must not outlast the drain
            transport = channel.connection.transport
            with transport.having_timeout(limit):
                for piece in _gathered(self._packed(item, channel) for item in items):
                    transport.write(piece)
            crash.point("relay.after_publish")
        return self._tag

    def settle(self, last: int) -> dict[str, str]:
        """The second half: wait until the broker has answered for each message up to the mark."""
        with self._or_away():
            self._wait_confirmed(last)
        for name in [name for name, _ in takewhile(lambda one: one[1] <= last, self._tags.items())]:
            del self._tags[name]
        refused = [tag for tag in self._refused if tag <= last]
        return dict(self._refused.pop(tag) for tag in refused)

    def _packed(self, item: Item, channel: Any) -> bytes:
        """By our own frames: py-amqp's publish costs several times as much."""
        key, exchange, routing_key, message, mandatory = item
        self._tag += 1
        self._waiting[self._tag] = key
        known = dict(message.properties)
        self._tags[known["message_id"]] = self._tag
        known["headers"] = known.pop("application_headers", None)
        frame_max = channel.connection.frame_max
        return frames.publish(
            channel.channel_id, exchange, routing_key, message.body, known, mandatory=mandatory, frame_max=frame_max
        )

    @contextmanager
    def _or_away(self) -> Iterator[None]:
        try:
            yield
        except (OSError, amqp.AMQPError) as error:
            self.close()
            raise BrokerAwayError(repr(error)) from error

    def keep_alive(self) -> None:
        """Between batches: heartbeats both ways, and notice of a lost connection."""
        if self._connection is None:
            return
        with self._or_away():
            self._connection.heartbeat_check()
            self._drain(0.001)

    def close(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        self._forget()
        if connection is not None:
            connection.collect(socket_timeout=1)

    def _open(self) -> Any:
        options = {"on_blocked": self._on_blocked, "on_unblocked": self._on_unblocked}
        self._blocked, self._tag = False, 0
        self._forget()
        self._connection = topology.connection(
            self._uri, heartbeat=config.HEARTBEAT.get(), connect_timeout=5, transport_options=options
        )
        channel = self._connection.channel()
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        self._channel = channel
        return channel

    def _forget(self) -> None:
        for known in (self._waiting, self._refused, self._tags):
            known.clear()

    def _wait_confirmed(self, last: int) -> None:
        limit = time.monotonic() + config.CONFIRM_LIMIT.get()
        while next(iter(self._waiting), last + 1) <= last:
            self._drain(0.5)
            if self._blocked:  # it answers once the alarm is over
                limit = time.monotonic() + config.CONFIRM_LIMIT.get()
            elif time.monotonic() > limit:
                raise TimeoutError(f"{len(self._waiting)} messages without a confirm")

    def _wait_unblocked(self) -> None:
        """An alarm at the broker may last; nothing is sent meanwhile, the outbox keeps it."""
        self._drain(0)
        while self._blocked:
            self._drain(0.5)

    def _drain(self, seconds: float) -> None:
        assert self._connection is not None
        if self._blocked and self._stopping():
            raise TimeoutError("stopped while the broker is blocked")
        try:
            self._connection.drain_events(timeout=seconds)
        except TimeoutError:
            self._connection.heartbeat_check()

    def _settled(self, tag: int, multiple: bool) -> list[tuple[int, str]]:
        # a confirm for many is read off the front
        tags = list(takewhile(lambda one: one <= tag, self._waiting)) if multiple else [tag]
        return [(one, key) for one in tags if (key := self._waiting.pop(one, None)) is not None]

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._settled(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        for one, key in self._settled(tag, multiple):
            self._refused[one] = (key, "refused by the broker: a queue is full")

    def _on_return(self, error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        """Comes before its ack."""
        tag = self._tags.get(message.properties.get("message_id"), 0)
        key = self._waiting.get(tag)
        if key is not None:
            self._refused[tag] = (key, "returned: no queue is bound")

    def _on_blocked(self, reason: str) -> None:
        self._blocked = True
        log.warning("broker_blocked", reason=reason)

    def _on_unblocked(self) -> None:
        self._blocked = False
        log.info("broker_unblocked")


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Few writes of some size instead of many small ones."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
