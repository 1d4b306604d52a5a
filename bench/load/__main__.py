"""One JSON job a line on stdin, one JSON result a line on stdout, until stdin ends."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop

from bench.load import http, rpc, streams

KINDS: dict[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]] = {
    "rpc": rpc.closed_loop,
    "rpc-open": rpc.open_loop,
    "http": http.closed_loop,
    "streams": streams.hold,
}


async def serve() -> None:
    reader = asyncio.StreamReader(limit=2**26)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        job = json.loads(line)
        try:
            result = await KINDS[job["kind"]](job)
        except Exception as error:
            result = {"failed": repr(error)}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    uvloop.run(serve())
