"""Structured logs: one JSON line an event, with process, trace id and actor; never personal data."""

from __future__ import annotations

import json
import logging
import re
import sys
from contextlib import suppress
from typing import BinaryIO

import msgspec
import structlog

from chassis import config

_QUIET = ("amqp", "kombu", "asyncio", "alembic.runtime.plugins", "alembic.autogenerate")
_QUOTED_ROW = re.compile(r"^DETAIL:.*$", re.MULTILINE)


def configure() -> None:
    """JSON lines on stderr: our own loggers write them themselves, the standard library's through a handler.

    Ours do not pass through the standard library: its record, its caller's frame and its two formatters cost four
    times the line itself, and a gateway writes a line a request. Loggers made before are not hidden.
    """
    level = logging.getLevelNamesMapping()[config.LOG_LEVEL.get()]
    _route_foreign(level)
    file = sys.stderr.buffer
    structlog.configure(
        processors=[*_processors(), _line],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *names: Lines(file, name=str(names[0]) if names else ""),
        cache_logger_on_first_use=True,
    )


class Lines:
    """Writes whole lines. A full disk or a closed pipe loses the line, never the request that wanted to write it."""

    def __init__(self, file: BinaryIO, *, name: str) -> None:
        self._file = file
        self.name = name  # what structlog's add_logger_name reads

    def msg(self, line: bytes) -> None:
        with suppress(OSError, ValueError):
            self._file.write(line + b"\n")
            self._file.flush()

    debug = info = warning = error = critical = msg


def _processors() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_process,
        structlog.processors.format_exc_info,
        _without_rows,
    ]


def _route_foreign(level: int) -> None:
    """What libraries log, in the same shape."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_processors(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _text_line],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel("WARNING")


def _line(logger: object, method: str, event: structlog.typing.EventDict) -> bytes:
    """One line of JSON, as compact as it comes; what is no JSON is shown as Python shows it."""
    try:
        return msgspec.json.encode(event, enc_hook=repr)
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
        # A lone surrogate or a huge number: a log line is never the reason why a request fails.
        return json.dumps(event, default=repr, skipkeys=True).encode()


def _text_line(logger: object, method: str, event: structlog.typing.EventDict) -> str:
    return _line(logger, method, event).decode()


def _without_rows(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """PostgreSQL quotes the offending row after DETAIL; rows may hold personal data."""
    if isinstance(event.get("exception"), str):
        event["exception"] = _QUOTED_ROW.sub("DETAIL: (a row, not logged)", event["exception"])
    return event


def _add_process(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    event["process"] = config.PROCESS.get()
    return event


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; call it with an event name and fields."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger
