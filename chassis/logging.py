"""Structured logs: one JSON line an event, with process, trace id and actor; never personal data."""

from __future__ import annotations

import logging
import re
import sys

import structlog

from chassis import config


def configure() -> None:
    """Route structlog and the standard library to JSON lines on stderr, without hiding loggers made before."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_process,
        structlog.processors.format_exc_info,
        _without_rows,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(config.LOG_LEVEL.get().upper())
    for name in ("amqp", "kombu", "asyncio", "alembic.runtime.plugins", "alembic.autogenerate"):
        logging.getLogger(name).setLevel("WARNING")
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


_QUOTED_ROW = re.compile(r"^DETAIL:.*$", re.MULTILINE)


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
