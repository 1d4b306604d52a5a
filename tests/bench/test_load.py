"""The load generator counts what it should: whole replies, right answers, inside the window."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bench.cells import Cell, interleave, ratio
from bench.load import amqp, http
from bench.load.window import Window, percentile
from bench.profile import ranked

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
BROKEN = b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"


def delivered(number: bytes, body: bytes) -> bytes:
    """A reply as a broker delivers it: method, header, body in two frames."""
    flags = struct.pack(">H", 0x8000 | 0x2000 | 0x1000 | 0x0400)
    properties = amqp.short("application/json") + amqp.table({"a": "b"}) + b"\x01" + amqp.short(number.decode())
    header = struct.pack(">HHQ", 60, 0, len(body)) + flags + properties
    half = len(body) // 2
    return (
        amqp.method(1, (60, 60), b"whatever it says")
        + amqp.frame(amqp.HEADER, 1, header)
        + amqp.frame(amqp.BODY, 1, body[:half])
        + amqp.frame(amqp.BODY, 1, body[half:])
    )


@pytest.mark.parametrize("size", [1, 7, 50, 100_000])
def test_replies_are_whole_however_the_bytes_arrive(size: int) -> None:
    stream = b"".join(delivered(b"%08d" % number, b'{"result":%d}' % number) for number in range(5))
    replies, found = amqp.Replies(), []
    for start in range(0, len(stream), size):
        found += replies.feed(stream[start : start + size])
    assert found == [(b"%08d" % number, b'{"result":%d}' % number) for number in range(5)]


def test_a_closed_channel_is_no_reply() -> None:
    with pytest.raises(amqp.ProtocolError):
        amqp.Replies().feed(amqp.method(1, (20, 40), b"\x01\x94NOT_FOUND"))


def test_a_request_is_numbered_without_changing_its_length() -> None:
    headers = {"nameko.command_id": "00000000-0000-7000-8000-0000@@@@@@@@"}
    request = amqp.publish(exchange="nameko-rpc", key="a.b", headers=headers, reply_to="r", body=b"{}")
    made = amqp.numbered(request, 42)
    assert len(made) == len(request)
    assert made.count(b"00000042") == 2
    assert amqp.MARK not in made


def test_percentiles_are_values_that_were_seen() -> None:
    ordered = [float(value) for value in range(1, 101)]
    assert (percentile(ordered, 50), percentile(ordered, 99), percentile([], 50)) == (51.0, 100.0, 0.0)


def test_nothing_counts_outside_the_window() -> None:
    window = Window()
    window.add(1.0)
    window.open = True
    window.add(0.002)
    window.open = False
    window.add(3.0)
    assert window.summary(0.5) | {"first_error": None} == {
        **{"requests": 1, "seconds": 0.5, "rate": 2.0, "errors": 0, "first_error": None},
        **{"p50_ms": 2.0, "p95_ms": 2.0, "p99_ms": 2.0, "max_ms": 2.0},
    }


def play(handler: Handler, **job: Any) -> dict[str, Any]:
    """A cell against a server of this test."""

    tasks: list[asyncio.Task[None]] = []

    async def tracked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(handler(reader, writer))
        tasks.append(task)
        await task

    async def both() -> dict[str, Any]:
        server = await asyncio.start_server(tracked, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        given = {"method": "GET", "paths": ["/"], "headers": {}, "expect": "200", "callers": 3, "port": port}
        try:
            return await http.closed_loop({**given, "warm": 0.05, "seconds": 0.2, **job})
        finally:
            server.close()
            await asyncio.gather(*tasks)
            await asyncio.sleep(0.01)

    return asyncio.run(both())


def answering(*parts: bytes, seen: list[bytes] | None = None) -> Handler:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                if seen is not None:
                    seen.append(request)
                for part in parts:
                    writer.write(part)
                    await asyncio.sleep(0.001)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    return handle


def test_a_reply_in_pieces_is_one_reply() -> None:
    seen: list[bytes] = []
    found = play(answering(OK[:20], OK[20:-2], OK[-2:], seen=seen))
    assert found["errors"] == 0
    assert 0 < found["requests"] <= len(seen)


def test_a_wrong_status_is_an_error_and_no_request() -> None:
    found = play(answering(BROKEN))
    assert found["requests"] == 0
    assert found["errors"] > 0
    assert "500" in found["first_error"]


def test_a_working_set_is_warm_before_anything_counts() -> None:
    seen: list[bytes] = []
    found = play(answering(OK, seen=seen), warm_requests=150)
    assert 0 < found["requests"] <= len(seen) - 150


def test_every_created_thing_has_a_number_of_its_own() -> None:
    seen: list[bytes] = []
    play(answering(OK, seen=seen), paths=["/x/@@@@@@@@"], first=7)
    numbers = [int(request.split()[1].rpartition(b"/")[2]) for request in seen]
    assert sorted(numbers) == list(range(7, 7 + len(numbers)))


def test_functions_are_ranked_by_their_own_samples() -> None:
    stacks = "main;serve;decode 6\nmain;serve 3\nmain;decode 1\n"
    assert ranked(stacks) == [("decode", 0.7), ("serve", 0.3)]


def test_contestants_take_turns_and_medians_are_compared() -> None:
    played: list[str] = []

    def cell(name: str, rates: list[float]) -> Cell:
        def run(number: int) -> dict[str, Any]:
            played.append(name)
            return {"rate": rates[number], "cpu_us": {"service": 1000 / rates[number]}, "errors": 0}

        return Cell(contestant=name, what="echo", callers=1, play=run)

    rows = interleave([cell("a", [10, 900, 20]), cell("b", [5, 4, 1])], runs=3)
    assert played == ["a", "b"] * 3
    assert [each.value for each in ratio(rows, what="echo", callers=1, of="a", to="b")] == [5.0]
    assert [each.value for each in ratio(rows, what="echo", callers=1, of="b", to="a", figure="cpu:service")] == [5.0]
    assert ratio(rows, what="echo", callers=1, of="a", to="nobody") == []
