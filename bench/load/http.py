"""HTTP callers: keep-alive connections, one request at a time each, as little work as a client can do."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Iterator
from typing import Any, cast

from bench.load.window import Window, measured, settled

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
NUMBER = "@@@@@@@@"


class Caller(asyncio.Protocol):
    """One connection: sends, waits for the whole reply, sends again."""

    def __init__(self, requests: Iterator[bytes], expect: bytes, window: Window) -> None:
        self._requests = requests
        self._expect = expect
        self._window = window
        self._buffer = b""
        self._end = 0
        self._sent = 0.0
        self.waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._window.closed:
            self._window.fail(f"connection lost: {exc!r}")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._end:
            head = self._buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            length = _LENGTH.search(self._buffer, 0, head)
            if length is None and self._buffer[9:12] not in (b"304", b"204"):
                self._window.fail(f"no length: {self._buffer[:200]!r}")
            self._end = head + 4 + (int(length.group(1)) if length and self._buffer[9:12] != b"304" else 0)
        if len(self._buffer) >= self._end:
            self._replied()

    def _replied(self) -> None:
        if self._buffer[9:12] == self._expect:
            self._window.add(time.perf_counter() - self._sent)
        else:
            self._window.fail(self._buffer[:600].decode(errors="replace"))
        self._buffer, self._end = b"", 0
        self.waiting = False
        if not self._window.closed:
            self._send()

    def _send(self) -> None:
        self._sent, self.waiting = time.perf_counter(), True
        self.transport.write(next(self._requests))


def requests_of(job: dict[str, Any]) -> Iterator[bytes]:
    """For ever. ``paths`` are played in turn; a body's ``@@@@@@@@`` becomes the next number from ``first`` on."""
    per_path = job.get("path_headers") or [{}] * len(job["paths"])
    made = [encoded(job, path, extra) for path, extra in zip(job["paths"], per_path, strict=True)]
    mark = NUMBER.encode()
    if mark not in made[0]:
        return itertools.cycle(made)
    numbers = itertools.count(job["first"])
    return (request.replace(mark, b"%08d" % next(numbers)) for request in itertools.cycle(made))


def encoded(job: dict[str, Any], path: str, extra: dict[str, str]) -> bytes:
    body = (job.get("body") or "").encode()
    headers = {"Host": "127.0.0.1", **job["headers"], **extra}
    if body:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{job['method']} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def closed_loop(job: dict[str, Any]) -> dict[str, Any]:
    """``callers`` connections; the reply's status must be ``expect``."""
    window, requests = Window(), requests_of(job)
    loop = asyncio.get_running_loop()
    lines = [
        await loop.create_connection(lambda: Caller(requests, job["expect"].encode(), window), "127.0.0.1", job["port"])
        for _ in range(job["callers"])
    ]
    try:
        return await measured(job, window)
    finally:
        await settled(lambda: not any(caller.waiting for _, caller in lines))
        for transport, _ in lines:
            transport.close()
