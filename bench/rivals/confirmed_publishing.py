"""Raw confirmed publishing on py-amqp: the messages the relay sends, from memory, in batches or one by one.

Reads one JSON object on stdin (uri, count, batch, watch), writes one on stdout. Messages are built before the clock
starts: no database is read, nothing is marked.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
import msgspec

from bench import cpu
from bench.notes.rows import EXCHANGE, ROUTING_KEY, envelopes
from chassis.events import Envelope


def message_of(envelope: Envelope) -> amqp.Message:
    return amqp.Message(
        msgspec.json.encode(envelope.payload),
        content_type="application/json",
        delivery_mode=2,
        message_id=envelope.id,
        type=envelope.name,
        application_headers=envelope.to_headers(),
    )


class Line:
    """A channel in confirm mode that knows which messages the broker has not confirmed yet."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self._connection = amqp.Connection(
            host=f"{parts.hostname}:{parts.port or 5672}",
            userid=unquote(parts.username or "guest"),
            password=unquote(parts.password or "guest"),
            virtual_host=unquote(parts.path.removeprefix("/")) or "/",
        )
        self._connection.connect()
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_return"].add(self._on_return)
        self._open: set[int] = set()
        self._tag = self.returned = 0

    def publish(self, messages: Sequence[amqp.Message]) -> None:
        """Until the broker has confirmed all of them."""
        for message in messages:
            self._tag += 1
            self._open.add(self._tag)
            self._channel.basic_publish(message, EXCHANGE, ROUTING_KEY, mandatory=True)
        while self._open:
            self._connection.drain_events(timeout=30)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._open = {each for each in self._open if each > tag}
        else:
            self._open.discard(tag)

    def _on_return(self, *about: Any) -> None:
        self.returned += 1


def play(job: dict[str, Any]) -> dict[str, Any]:
    messages = [message_of(envelope) for envelope in envelopes(job["count"])]
    line = Line(job["uri"])
    before, own, began = cpu.snapshot(job["watch"]), time.process_time(), time.perf_counter()
    for start in range(0, len(messages), job["batch"]):
        line.publish(messages[start : start + job["batch"]])
    elapsed, own = time.perf_counter() - began, time.process_time() - own
    spent = cpu.spent(before, cpu.snapshot(job["watch"]), requests=len(messages))
    spent = {"publisher": own * 1e6 / len(messages), **spent}
    return {
        "requests": len(messages),
        "seconds": elapsed,
        "rate": len(messages) / elapsed,
        "errors": line.returned,
        "first_error": "returned: no queue is bound" if line.returned else "",
        "cpu_us": spent,
    }


if __name__ == "__main__":
    print(json.dumps(play(json.load(sys.stdin))))
