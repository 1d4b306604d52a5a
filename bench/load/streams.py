"""Idle readers of server-sent events: opened, kept open, closed again."""

from __future__ import annotations

import asyncio
from typing import Any

from bench.load.http import encoded

_OPEN: list[tuple[asyncio.StreamWriter, asyncio.Task[None]]] = []


async def hold(job: dict[str, Any]) -> dict[str, Any]:
    """Have ``count`` streams open; 0 closes them all."""
    while _OPEN and not job["count"]:
        writer, task = _OPEN.pop()
        task.cancel()
        writer.close()
    while len(_OPEN) < job["count"]:
        _OPEN.append(await _open(job))
    return {"streams": len(_OPEN)}


async def _open(job: dict[str, Any]) -> tuple[asyncio.StreamWriter, asyncio.Task[None]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", job["port"])
    writer.write(encoded(job | {"method": "GET"}, job["path"], {}))
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"a stream was refused: {status!r}")
    return writer, asyncio.create_task(_read(reader))


async def _read(reader: asyncio.StreamReader) -> None:
    while await reader.read(65536):
        pass
