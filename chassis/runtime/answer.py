"""From the message of a call to the body of its reply; the same on every path that carries calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from chassis import logging
from chassis.codes import ChassisCode
from chassis.errors import FootprintError, InternalError, UnavailableError
from chassis.runtime import wire
from chassis.runtime.execute import Executor, new_trace_id

log = logging.get(__name__)


class HandlerTimeoutError(Exception):
    """A call or handler ran longer than HANDLER_LIMIT_SECONDS."""


def answer(executor: Executor, method: str, headers: Mapping[str, Any], body: bytes) -> bytes:
    """The reply of a call; every error becomes one the caller can read, a defect without its details (F17)."""
    known = wire.call_headers(headers)
    trace_id = known.get("trace_id") or new_trace_id()
    known["trace_id"] = trace_id
    with structlog.contextvars.bound_contextvars(trace_id=trace_id):  # for the lines of its failure too
        try:
            return wire.reply_body(executor.call(method, wire.arguments_of(body), known))
        except FootprintError as error:
            return wire.refusal_body(error)
        except HandlerTimeoutError:
            log.exception("call_timed_out", operation=method)
            return wire.refusal_body(UnavailableError(ChassisCode.DEADLINE_EXCEEDED, operation=method))
        except Exception:
            log.exception("call_failed", operation=method)
            return wire.refusal_body(InternalError(ChassisCode.INTERNAL))
