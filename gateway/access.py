"""The access log: one line a request, without the machinery that other lines can afford.

structlog's processors cost a multiple of the line itself, and each line a system call. Here the lines of one turn of
the event loop leave in one write: what a killed process had not written is that turn's at most.
"""

from __future__ import annotations

import asyncio
import logging as levels
import sys
from contextlib import suppress
from typing import Any, BinaryIO

import msgspec

from chassis import clock, config, logging

LOGGER = "gateway.access"
_log = logging.get(LOGGER)


class Lines:
    """Lines of the running event loop, on their way to ``file``."""

    def __init__(self, file: BinaryIO, *, level: str) -> None:
        self._file = file
        self._off = levels.getLevelNamesMapping()[level] > levels.INFO
        self._known = {"level": "info", "logger": LOGGER, "process": config.PROCESS.get()}
        self._waiting: list[bytes] = []

    def tell(self, fields: dict[str, Any]) -> None:
        if self._off:
            return
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._flush)
        timestamp = clock.system_now().isoformat(timespec="microseconds").replace("+00:00", "Z")
        self._waiting.append(msgspec.json.encode({"event": "request", **fields, **self._known, "timestamp": timestamp}))

    def _flush(self) -> None:
        """A full disk or a closed pipe loses lines, never a request."""
        data = b"\n".join((*self._waiting, b""))
        self._waiting.clear()
        with suppress(OSError, ValueError):
            self._file.write(data)
            self._file.flush()


_lines: list[Lines] = []  # the process's one log, once it is open


def open_log() -> None:
    """From now on lines go to stderr by the short way; call it once, after ``logging.configure()``."""
    _lines[:] = [Lines(sys.stderr.buffer, level=config.LOG_LEVEL.get())]


def tell(**fields: Any) -> None:
    """One line. Fields: ids and facts, nothing personal."""
    if _lines:
        _lines[0].tell(fields)
    else:
        _log.info("request", **fields)
