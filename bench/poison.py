"""Messages that no handler can take, a few a second, beside the ones whose latency is measured (BUS.md, row 7)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from chassis.runtime import topology

PER_SECOND = 10


@contextmanager
def poisoned(uri: str, queue: str) -> Iterator[None]:
    """While the block runs, unreadable messages of 1 KiB enter ``queue``; each is parked by the service."""
    enough = threading.Event()

    def pour() -> None:
        with topology.connection(uri) as connection:
            producer = connection.Producer()
            while not enough.wait(1 / PER_SECOND):
                producer.publish(b"\xff{" * 512, routing_key=queue, content_type="application/json", delivery_mode=2)

    pouring = threading.Thread(target=pour, daemon=True)
    pouring.start()
    try:
        yield
    finally:
        enough.set()
        pouring.join(10)
