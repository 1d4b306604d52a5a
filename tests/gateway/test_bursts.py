"""Calls of one turn of the loop leave in few writes, and not all at its end: the service begins meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

from chassis import link
from chassis.link import Link
from gateway.broker import Use, Wire


class Transport:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def set_write_buffer_limits(self, high: int) -> None:
        assert high == 0, "or the loop keeps everything until its turn ends"

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def is_closing(self) -> bool:
        return False


async def sent(count: int) -> tuple[list[bytes], list[bytes]]:
    """What had left before the turn ended, and after."""
    nothing: Any = lambda *_: None  # noqa: E731
    use = Use(name="calls", steps=lambda: [], ready=nothing, deliver=nothing, lost=nothing)
    (login,) = link.logins("amqp://guest:guest@127.0.0.1/")
    wire, transport = Wire(Link(login, [], heartbeat=60), use), Transport()
    wire.connection_made(transport)  # type: ignore[arg-type]
    transport.written.clear()
    for number in range(count):
        wire.send(b"%d" % number)
    before = list(transport.written)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return before, transport.written


def test_a_burst_leaves_at_once_and_the_rest_with_the_turn() -> None:
    before, after = asyncio.run(sent(2 * link.BURST + 1))
    digits = [b"%d" % number for number in range(2 * link.BURST + 1)]
    assert before == [b"".join(digits[: link.BURST]), b"".join(digits[link.BURST : 2 * link.BURST])]
    assert after == [*before, digits[-1]]


def test_one_call_waits_for_the_turn_only() -> None:
    before, after = asyncio.run(sent(1))
    assert before == []
    assert after == [b"0"]
