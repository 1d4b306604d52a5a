"""``./run bench relay``: an outbox that is full, drained by our relay; raw confirmed publishing of the same."""

from __future__ import annotations

import json
import subprocess
import time
from typing import Any

from bench import cpu, machine
from bench.cells import Cell, Ratio, Row, interleave, ratio
from bench.crew import Crew, python
from bench.keys import Keys
from bench.options import Options
from bench.report import Report
from bench.servers import Servers, running
from deploy.local.layout import ROOT
from deploy.local.servers import ServerError

ROWS, ONE_BY_ONE = 20_000, 1_000
RELAY, BATCHED, SINGLE = "our relay", "raw, batches", "raw, one by one"
WHAT = "confirmed"


def drain(servers: Servers, crew: Crew, *, seconds: float = 60) -> dict[str, Any]:
    """From the commit of all rows to the last one's mark, by the database's clock."""
    from bench.notes import rows

    connection = rows.connect(servers)
    rows.scalar(connection, "TRUNCATE outbox, outbox_waiting, outbox_sent; SELECT 1")
    time.sleep(1.2)  # the relay has looked once more, and waits
    watch = {"publisher": [crew.pid("relay")], **servers.watched()}
    before = cpu.snapshot(watch)
    began = rows.fill_outbox(connection, ROWS)
    limit = time.monotonic() + seconds
    while rows.scalar(connection, "SELECT EXISTS (SELECT 1 FROM outbox_waiting)"):
        if time.monotonic() > limit:
            raise ServerError("中继未排空 the relay did not drain the outbox in time")
        time.sleep(0.05)
    after = cpu.snapshot(watch)
    elapsed = (rows.scalar(connection, "SELECT max(sent_at) FROM outbox_sent") - began).total_seconds()
    connection.close()
    rows.purge(servers)
    spent = cpu.spent(before, after, requests=ROWS)
    return {"requests": ROWS, "seconds": elapsed, "rate": ROWS / elapsed, "errors": 0, "cpu_us": spent}


def raw(servers: Servers, env: dict[str, str], *, count: int, batch: int) -> dict[str, Any]:
    """The rival's process, from memory to the last confirm."""
    from bench.notes import rows

    job = {"uri": servers.amqp_uri, "count": count, "batch": batch, "watch": servers.watched()}
    command = python("bench.rivals.confirmed_publishing")
    done = subprocess.run(
        command, input=json.dumps(job), env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ServerError(f"bench.rivals.confirmed_publishing: {done.stderr.strip()[-600:]}")
    rows.purge(servers)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def cells(servers: Servers, crew: Crew, options: Options) -> list[Cell]:
    from chassis.runtime.relay import BATCH

    env = crew.env
    made = [
        Cell(contestant=RELAY, what=WHAT, callers=1, play=lambda _: drain(servers, crew)),
        Cell(contestant=BATCHED, what=WHAT, callers=1, play=lambda _: raw(servers, env, count=ROWS, batch=BATCH)),
        Cell(contestant=SINGLE, what=WHAT, callers=1, play=lambda _: raw(servers, env, count=ONE_BY_ONE, batch=1)),
    ]
    return [cell for cell in made if options.wants(cell.contestant)]


def ratios(rows: list[Row]) -> list[Ratio]:
    """What issue 3 asks for."""
    return [
        *ratio(rows, what=WHAT, callers=1, of=RELAY, to=BATCHED, goal="≥ 0.8"),
        *ratio(rows, what=WHAT, callers=1, of=RELAY, to=SINGLE, goal="≥ 10"),
    ]


def main(options: Options) -> int:
    """Runs it; see docs/performance.md."""
    runs = options.runs_or(3)
    with running() as servers:
        from bench.notes import rows as notes
        from chassis.runtime.relay import BATCH

        about = [*machine.describe(), *servers.describe()]
        notes.prepare(servers)
        env = servers.environment() | Keys(servers.layout.secrets).environment()
        with Crew(servers.layout.logs, env) as crew:
            crew.start("relay", python("bench.notes", "relay"))
            crew.until("relay", lambda: '"relaying"' in crew.log("relay").read_text())
            rows = interleave(cells(servers, crew, options), runs=runs)
    sizes = {"runs": runs, "rows": ROWS, "messages one by one": ONE_BY_ONE, "batch": BATCH}
    notes_ = ["to one quorum queue, persistent, mandatory; the relay reads and marks rows besides, the rival does not"]
    return Report(bench="relay", machine=about, sizes=sizes, rows=rows, ratios=ratios(rows), notes=notes_).deliver(
        options.json_file
    )
