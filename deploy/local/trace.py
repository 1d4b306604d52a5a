"""`./run trace <id>`: what one HTTP request led to, straight from the databases; the gateway may be down."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from chassis import config, ids
from chassis.runtime.tracing import Source, find_trace, follow, follow_event
from chassis.tracing import Step, tree
from deploy.local import database, trace_logs
from deploy.local.layout import Layout
from deploy.local.pg_cluster import unprivileged
from deploy.local.processes import known_from, read_json
from deploy.local.trace_logs import Line
from deploy.local.trace_notes import notes, unknown
from deploy.local.trace_sources import sources
from deploy.local.trace_text import Report, as_json, lines

_TRACE = re.compile(r"^(?:[0-9a-f]{2}-)?([0-9a-f]{32})(?:-[0-9a-f]{16}-[0-9a-f]{2})?$")
_ASKED = re.compile(r"^[A-Za-z0-9._-]{8,80}$")
USAGE = (
    "链路号（X-Request-Id 或错误里的 trace_id）、客户端自带的 X-Request-Id、事件 evt_、命令 cmd_ 或其 UUID、消息 msg_、"
    "投递 dlv_、定时 tmr_、任务编号  trace id, a client's own X-Request-Id, or the id of an event, command, message, "
    "delivery, timer or job"
)


def main(layout: Layout, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run trace")
    parser.add_argument("id", help=USAGE)
    parser.add_argument("--json", action="store_true", help="输出 JSON  print JSON")
    chosen = parser.parse_args(arguments)
    asked = chosen.id.strip()
    if not _ASKED.match(asked):
        print(f"编号格式不对。 Not an id: {asked[:80]!r}\n{USAGE}", file=sys.stderr)
        return 2
    url = database_url(layout)
    if url is None:
        print("数据库未运行。 The databases are not running. 启动 Start them: ./run up --detach", file=sys.stderr)
        return 3
    os.environ["DATABASE_URL"] = url
    try:
        report = _report(layout, asked)
    except DBAPIError as error:
        said = str(error.orig).splitlines()[0]
        print(f"数据库无法查询。 The databases cannot be asked: {said}\n迁移 Migrate: ./run up", file=sys.stderr)
        return 3
    if report is None:
        print(unknown(asked), file=sys.stderr)
        return 1
    _print(report, as_text=not chosen.json)
    return 0


def _print(report: Report, *, as_text: bool) -> None:
    if as_text:
        print("\n".join(lines(report)))
    else:
        print(json.dumps(as_json(report), ensure_ascii=False, indent=1))


def database_url(layout: Layout) -> str | None:
    """``DATABASE_URL``, else the private cluster's if it runs; nothing is started here."""
    given = os.environ.get("DATABASE_URL")
    if given:
        return given
    record = read_json(database.home_for(layout=layout, user=unprivileged()) / "cluster.json")
    server = known_from(record.get("server"))
    if server is None or not server.alive():
        return None
    return f"postgresql://footprint:{record['password']}@127.0.0.1:{record['port']}"


@dataclass(frozen=True, kw_only=True)
class _Known:
    trace_id: str
    steps: list[Step]
    lines: list[Line]
    others: int = 0


def _report(layout: Layout, asked: str) -> Report | None:
    """``None``: neither databases nor logs know the id."""
    with sources() as found:
        known = _resolve(found, layout, asked)
    if known is None:
        return None
    requests = trace_logs.requests(known.lines, known.trace_id) if known.trace_id else []
    roots = tree(trace_logs.explained(step, known.lines) for step in known.steps)
    instants = [request.at for request in requests] + [step.at for step in known.steps if step.at]
    return Report(
        asked=asked,
        trace_id=known.trace_id,
        began=min(instants, default=None),
        requests=requests,
        roots=roots,
        notes=notes(roots, requests_known=bool(requests), others=known.others),
    )


def _resolve(found: list[Source], layout: Layout, asked: str) -> _Known | None:
    """A trace id as such; else something with an id in the databases; else a client's request id in the logs."""
    as_trace = _TRACE.match(asked.lower())
    if as_trace:
        known = _known(found, layout, as_trace.group(1))
        if known.steps or trace_logs.requests(known.lines, known.trace_id):
            return known
    trace_id = find_trace(found, asked)
    if trace_id:
        return _known(found, layout, trace_id)
    left = follow_event(found, asked, config.DISTRICT.get()) if ids.is_id("evt", asked) else []
    if left:
        return _Known(trace_id="", steps=left, lines=trace_logs.search(layout.logs, asked))
    traces = trace_logs.traces_of(trace_logs.search(layout.logs, asked), asked)
    return _known(found, layout, traces[-1], others=len(traces) - 1) if traces else None


def _known(found: list[Source], layout: Layout, trace_id: str, *, others: int = 0) -> _Known:
    logged = trace_logs.search(layout.logs, trace_id)
    return _Known(trace_id=trace_id, steps=follow(found, trace_id), lines=logged, others=others)
