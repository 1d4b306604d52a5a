"""What only the logs know of a trace: the HTTP request itself, retries, and events the broker did not take."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chassis.tracing import Step

Line = dict[str, Any]
ACCESS = "gateway.access"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request as the access log has it; ``at`` is its beginning."""

    at: datetime
    ms: float
    method: str
    route: str
    status: int
    process: str
    request_id: str
    role: str | None


def search(folder: Path, needle: str) -> list[Line]:
    """Every line of any log, rotated ones too, that holds the text; in the order of time."""
    files = sorted(folder.glob("*.log")) + sorted(folder.glob("*.log.[0-9]"))
    found = [line for file in files for line in _lines(file, needle.encode())]
    return sorted(found, key=lambda line: str(line.get("timestamp", "")))


def _lines(file: Path, needle: bytes) -> Iterator[Line]:
    try:
        with file.open("rb") as lines:
            for raw in lines:
                if needle in raw:
                    line = _decoded(raw)
                    if line is not None:
                        yield line
    except OSError:  # it was rotated away meanwhile
        return


def _decoded(raw: bytes) -> Line | None:
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def traces_of(lines: Iterable[Line], request_id: str) -> list[str]:
    """The trace ids of requests their client called so, the latest last."""
    known = [line for line in lines if line.get("logger") == ACCESS and line.get("request_id") == request_id]
    return list(dict.fromkeys(str(line["trace_id"]) for line in known if line.get("trace_id")))


def requests(lines: Iterable[Line], trace_id: str) -> list[Request]:
    """The requests of a trace; a client that sends ``traceparent`` may have made several."""
    mine = [line for line in lines if line.get("logger") == ACCESS and line.get("trace_id") == trace_id]
    return [_request(line) for line in mine]


def _request(line: Line) -> Request:
    ms = float(line.get("ms") or 0)
    return Request(
        at=datetime.fromisoformat(str(line["timestamp"])) - timedelta(milliseconds=ms),
        ms=ms,
        method=str(line.get("method", "")),
        route=str(line.get("route", "")),
        status=int(line.get("status") or 0),
        process=str(line.get("process", "")),
        request_id=str(line.get("request_id", "")),
        role=line.get("role"),
    )


def explained(step: Step, lines: Iterable[Line]) -> Step:
    """Why it has yet to happen, where a log says so: it failed and is tried again, or the broker did not take it."""
    about = [line for line in lines if step.event and line.get("event_id") == step.event[0]]
    if step.kind == "handled" and step.status == "waiting":
        tries = [line for line in about if _is_retry(line) and line.get("queue") == step.name]
        if tries:
            told = {"retries": len(tries), "tier": tries[-1].get("tier", "outage")}
            return replace(step, status="retrying", details=step.details | told)
    if step.kind == "event" and step.status == "unsent":
        refused = [line for line in about if line.get("event") == "event_not_taken"]
        if refused:
            return replace(step, details=step.details | {"reason": refused[-1].get("reason", "")})
    return step


def _is_retry(line: Line) -> bool:
    return line.get("event") in {"event_retried", "event_waits"}
