"""The supervisor's control socket: one JSON request per connection, JSON lines back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

Request = dict[str, Any]
Handler = Callable[[Request], AsyncIterator[dict[str, Any]]]


class NotRunningError(Exception):
    """Nobody listens on the control socket."""


async def serve(*, path: Path, handler: Handler) -> asyncio.Server:
    """Listens; what a dead supervisor left at `path` is replaced (its lock says that it is dead)."""
    path.unlink(missing_ok=True)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A client that goes away early must not end what it asked for.
        with contextlib.suppress(ConnectionError, ValueError, asyncio.IncompleteReadError):
            request = json.loads(await reader.readline())
            async for reply in handler(request):
                with contextlib.suppress(ConnectionError):
                    writer.write(json.dumps(reply, ensure_ascii=False).encode() + b"\n")
                    await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(answer, path=str(path))
    path.chmod(0o600)
    return server


def ask(path: Path, request: Request, *, seconds: float) -> Iterator[dict[str, Any]]:
    """Replies as they arrive. Raises NotRunningError; TimeoutError after `seconds` of silence."""
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(seconds)
        try:
            link.connect(str(path))
        except OSError as error:
            raise NotRunningError(str(path)) from error
        link.sendall(json.dumps(request).encode() + b"\n")
        with link.makefile("r", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def ask_once(path: Path, request: Request, *, seconds: float = 30) -> dict[str, Any]:
    """The first reply. Raises NotRunningError."""
    for reply in ask(path, request, seconds=seconds):
        return reply
    raise NotRunningError(str(path))
