"""Callers of RPCs: closed loop with N callers, or open loop at a fixed rate; one connection, stock Nameko's wire."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import time
from collections.abc import Callable
from typing import Any, cast

from bench.load import amqp
from bench.load.window import Window, measured, settled

EXCHANGE = "nameko-rpc"
OnReply = Callable[[int, bytes], None]


class Line(asyncio.Protocol):
    """Requests out, replies in; replies that arrive together are answered with one write."""

    def __init__(self, blocking: amqp.Blocking, on_reply: OnReply) -> None:
        self._replies = amqp.Replies(blocking.rest)
        self._on_reply = on_reply
        self._out: list[bytes] = []
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True

    def data_received(self, data: bytes) -> None:
        for key, body in self._replies.feed(data):
            self._on_reply(int(key), body)
        self.flush()

    def send(self, message: bytes) -> None:
        self._out.append(message)

    def flush(self) -> None:
        if self._out:
            self.transport.write(b"".join(self._out))
            self._out.clear()


async def connect(uri: str, on_reply: OnReply) -> tuple[Line, str]:
    """A line and the name its replies come to."""
    reply_to = f"bench-{os.getpid()}-{time.monotonic_ns()}"
    blocking = amqp.Blocking(uri)
    blocking.reply_queue(EXCHANGE, reply_to)
    blocking.socket.setblocking(False)
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(lambda: Line(blocking, on_reply), sock=blocking.socket)
    return line, reply_to


def request_of(job: dict[str, Any], reply_to: str) -> bytes:
    """As stock Nameko's clients write it."""
    body = json.dumps({"args": [], "kwargs": job["kwargs"]}).encode()
    return amqp.publish(exchange=EXCHANGE, key=job["operation"], headers=job["headers"], reply_to=reply_to, body=body)


def check(window: Window, body: bytes) -> bool:
    """Whether the reply carries no error; both hosts write ``error`` last."""
    if body.rstrip().endswith(b"null}"):
        return True
    window.fail(body.decode(errors="replace"))
    return False


async def closed_loop(job: dict[str, Any]) -> dict[str, Any]:
    """Each of ``callers`` sends its next request when the reply to the last one has come.

    ``others``: arguments that are asked with in turn, where one request for ever would only show a warm cache.
    """
    window, clock = Window(), time.perf_counter
    sent = [0.0] * job["callers"]
    waiting = set(range(job["callers"]))

    def on_reply(caller: int, body: bytes) -> None:
        now = clock()
        if check(window, body):
            window.add(now - sent[caller])
        waiting.discard(caller)
        if not window.closed:
            waiting.add(caller)
            sent[caller] = now
            line.send(following(caller))

    line, reply_to = await connect(job["uri"], on_reply)
    bodies = [request_of({**job, "kwargs": each}, reply_to) for each in job.get("others") or [job["kwargs"]]]
    requests = [amqp.numbered(bodies[0], caller) for caller in range(job["callers"])]
    turns = itertools.cycle(bodies)

    def following(caller: int) -> bytes:
        return requests[caller] if len(bodies) == 1 else amqp.numbered(next(turns), caller)

    for caller in range(job["callers"]):
        sent[caller] = clock()
        line.send(following(caller))
    line.flush()
    try:
        return await measured(job, window)
    finally:
        await settled(lambda: not waiting)
        line.transport.close()


async def open_loop(job: dict[str, Any]) -> dict[str, Any]:
    """``rate`` requests a second for ``seconds``, sent by the clock whether or not replies have come.

    Latencies count from when a request was due. A header with ``@@@@@@@@`` gets the request's number: a command id.
    """
    window, clock = Window(), time.perf_counter
    window.open = True
    total = int(job["rate"] * job["seconds"])
    due = [0.0] * total
    answered = 0

    def on_reply(number: int, body: bytes) -> None:
        nonlocal answered
        answered += 1
        if check(window, body):
            window.add(clock() - due[number])

    line, reply_to = await connect(job["uri"], on_reply)
    request = request_of(job, reply_to)
    began = clock()
    for number in range(total):
        due[number] = began + number / job["rate"]
        if (wait := due[number] - clock()) > 0:
            await asyncio.sleep(wait)
        line.send(amqp.numbered(request, number))
        line.flush()
    limit = clock() + 10
    while answered < total and clock() < limit:
        await asyncio.sleep(0.05)
    line.transport.close()
    if answered < total:
        window.fail(f"{total - answered} replies never came")
    return window.summary(clock() - began)
