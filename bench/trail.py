"""``./run bench trail``: appending, a backlog after an outage, and proofs from a long log (issue 6)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from bench import cpu, machine, say, trail_rows
from bench.cells import Ratio, Row, find
from bench.crew import Crew, python
from bench.keys import Keys
from bench.load.window import percentile
from bench.machine import resident_mib
from bench.options import Options
from bench.report import Report
from bench.servers import Servers, running
from deploy.local.keys import make_pair
from deploy.local.servers import ServerError

APPEND_SECONDS, BACKLOG = 20.0, 60_000
OUTAGE_SECONDS, NEW_PER_SECOND = 600, 100
MILLION, LARGE = 1_000_000, 10_000_000
APPEND, DRAIN = "append, through the handler", "backlog, through the bus"
AUDIT = "self-audit"
OURS = "ours"


class Field:
    """The database of projects, its relay, its trail."""

    def __init__(self, servers: Servers, crew: Crew) -> None:
        from chassis import db, tokens
        from chassis.runtime.execute import Executor
        from services.projects.trail.service import TRAIL

        self.servers, self.crew = servers, crew
        self.notes: list[str] = []
        sessions = db.make_sessions(db.make_engine(db.database_url("projects"), pool_size=1))
        self.trail = Executor(TRAIL, sessions, tokens.verifier())

    def connect(self) -> Any:
        import psycopg2

        return psycopg2.connect(f"{self.servers.database_url}/bench_projects")

    def empty(self) -> None:
        from bench.notes import rows

        connection = self.connect()
        rows.scalar(
            connection,
            "TRUNCATE trail_entry, trail_node, trail_head, trail_waiting, inbox, outbox, outbox_waiting; SELECT 1",
        )
        connection.close()

    # appending --------------------------------------------------------------------------------------------------

    def append(self, seconds: float) -> dict[str, Any]:
        """Lots as the bus hands them over, into an empty log; the inbox and the commit are in it."""
        from chassis.runtime.entrypoints import ANY_EVENT
        from chassis.runtime.together import handle_together
        from services.projects.trail.face import TOGETHER

        self.empty()
        watch = {"trail": [os.getpid()], **self.servers.watched()}
        before, began, done = cpu.snapshot(watch), time.perf_counter(), 0
        spans, memory = [], []
        while time.perf_counter() - began < seconds:
            lot = [trail_rows.envelope(number) for number in range(done, done + TOGETHER)]
            at = time.perf_counter()
            done += handle_together(self.trail, lot, event=ANY_EVENT)
            spans.append((time.perf_counter() - at) * 1000)
            memory.append(resident_mib(os.getpid()))
        elapsed = time.perf_counter() - began
        self.notes.append(f"memory while appending: {_flat(memory)}")
        spans.sort()
        return {
            "requests": done,
            "rate": done / elapsed,
            **{f"p{percent}_ms": percentile(spans, percent) for percent in (50, 95, 99)},
            "memory_mib": [round(each, 1) for each in memory[:: max(len(memory) // 20, 1)]],
            "cpu_us": cpu.spent(before, cpu.snapshot(watch), requests=done),
            "errors": len(spans) * TOGETHER - done,
            "first_error": "entries are missing",
        }

    # after an outage --------------------------------------------------------------------------------------------

    def drain(self, count: int) -> dict[str, Any]:
        """The trail's queue is full before its process starts; the entries' own clocks give the rate."""
        from bench.notes import rows

        self.empty()
        connection = self.connect()
        self.crew.start("projects-relay", python("services.projects", "relay"))
        rows.fill_outbox(connection, count, map(trail_rows.envelope, range(count)))
        until(lambda: not rows.scalar(connection, "SELECT count(*) FROM outbox_waiting"), 180)
        self.crew.stop("projects-relay")
        pid = self.crew.start("projects-trail", python("services.projects", "trail"))
        until(lambda: rows.scalar(connection, "SELECT count(*) FROM trail_entry") > 0, 40)
        watch = {"trail": [pid], **self.servers.watched()}
        before, start = cpu.snapshot(watch), rows.scalar(connection, "SELECT count(*) FROM trail_entry")
        memory = []
        limit = time.monotonic() + 180
        while (done := rows.scalar(connection, "SELECT count(*) FROM trail_entry")) < count:
            memory.append(resident_mib(pid))
            if time.monotonic() > limit:
                break
            time.sleep(0.2)
        memory.append(resident_mib(pid))
        after = cpu.snapshot(watch)
        span = rows.scalar(
            connection, "SELECT extract(epoch FROM max(appended_at) - min(appended_at)) FROM trail_entry"
        )
        connection.close()
        self.crew.stop("projects-trail")
        rate = done / float(span)
        self._tell_outage(rate, memory)
        spent = cpu.spent(before, after, requests=done - start)
        return {"requests": done, "rate": rate, "seconds": float(span), "errors": count - done, "cpu_us": spent} | {
            "first_error": "entries are missing"
        }

    def _tell_outage(self, rate: float, memory: list[float]) -> None:
        waits = OUTAGE_SECONDS * NEW_PER_SECOND
        seconds = waits / (rate - NEW_PER_SECOND) if rate > NEW_PER_SECOND else float("inf")
        self.notes.append(
            f"after {OUTAGE_SECONDS // 60} minutes without the trail, {waits} events wait; while {NEW_PER_SECOND} more "
            f"come a second it has caught up in {seconds:.1f} s (computed from the measured rate)"
        )
        self.notes.append(f"memory of the trail's process over the backlog: {_flat(memory)}")


def _flat(memory: list[float]) -> str:
    """After a tenth of the run and at its end."""
    return f"{memory[len(memory) // 10]:.0f} MiB after a tenth, {memory[-1]:.0f} MiB at the end, most {max(memory):.0f}"


def until(condition: Callable[[], bool], seconds: float) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise ServerError("压测的事件没有走完 the bench's events did not get through in time")
        time.sleep(0.1)


def prepare(servers: Servers) -> None:
    """A new database with its tables; the trail's queue, empty."""
    from chassis import db
    from chassis.runtime import migrate, topology
    from services.projects.service import SERVICE
    from services.projects.trail.service import TRAIL

    url = db.database_url("projects")
    migrate.drop_database(url)
    migrate.create_database(url)
    engine = db.make_engine(url, pool_size=1)
    for metadata in migrate.metadata_of(SERVICE):
        metadata.create_all(engine)
    engine.dispose()
    topology.declare(servers.amqp_uri, TRAIL)
    with topology.connection(servers.amqp_uri, connect_timeout=5) as connection, connection.channel() as channel:
        for queue in topology.consumed_by(TRAIL):
            channel.queue_purge(queue)


def measure(field: Field, options: Options, sizes: Iterable[int]) -> list[Row]:
    """One row each; a long log is made once and only grows."""
    from bench import trail_proofs

    runs, found = options.runs_or(1), []
    plays: list[tuple[str, int, Callable[[int], dict[str, Any]]]] = [
        (APPEND, 1, lambda _: field.append(options.seconds_or(APPEND_SECONDS))),
        (DRAIN, 0, lambda _: field.drain(BACKLOG // 6 if options.quick else BACKLOG)),
    ]
    for what, callers, play in plays:
        if options.wants(what):
            found.append(Row(OURS, what, callers, [play(number) for number in range(runs)]))
    if options.wants("proof"):
        field.empty()
        proofs = trail_proofs.Proofs(field.trail, field.servers)
        for size in sizes:
            trail_proofs.load(field.connect(), size)
            count = trail_proofs.COUNT // 10 if options.quick else trail_proofs.COUNT
            for what in trail_proofs.KINDS:
                each = [proofs.play(what, size, options.seed + number, count) for number in range(runs)]
                found.append(Row(f"{size:,} entries", what, 1, each))
                say(f"{what}, {size:,}: p99 {each[-1]['p99_ms']:.2f} ms")
            if size <= MILLION:  # time and memory grow as the log does, and ten millions take a quarter of an hour
                memory: list[float] = []
                audited = trail_proofs.audit(field.trail, size, memory)
                found.append(Row(f"{size:,} entries", AUDIT, 1, [audited]))
                field.notes.append(f"memory of the self-audit of {size:,} entries: {_flat(memory)}")
    return found


def ratios(rows: list[Row], sizes: tuple[int, ...]) -> list[Ratio]:
    """Issue 6: ≥ 5 000 entries/s, proof p99 < 5 ms at a million, ≤ 1.5× that at ten millions."""
    from bench.trail_proofs import KINDS

    found = []
    if (row := find(rows, contestant=OURS, what=APPEND, callers=1)) is not None:
        rate = row.median("rate")
        found.append(Ratio(what=APPEND, callers=1, of="rate", to="1/s", figure="rate", value=rate, goal="≥ 5 000"))
    for what in KINDS:
        places = [find(rows, contestant=f"{size:,} entries", what=what, callers=1) for size in sizes]
        times = [place.median("p99_ms") for place in places if place is not None]
        if times:
            found.append(_p99(what, f"p99 at {sizes[0]:,}", "1 ms", times[0], "< 5"))
        if times[1:]:
            found.append(_p99(what, f"{sizes[1]:,}", f"{sizes[0]:,}", times[1] / times[0], "≤ 1.5"))
    return found


def _p99(what: str, of: str, to: str, value: float, goal: str) -> Ratio:
    return Ratio(what=what, callers=1, of=of, to=to, figure="p99_ms", value=value, goal=goal)


def main(options: Options) -> int:
    """Runs it; see docs/performance.md."""
    from chassis import logging

    sizes = (MILLION // 10,) if options.quick else (MILLION, LARGE) if options.large else (MILLION,)
    with running() as servers:
        about = [*machine.describe(), *servers.describe()]
        make_pair(servers.layout.secrets, name="trail")
        env = servers.environment() | Keys(servers.layout.secrets).environment()
        env |= {"TRAIL_SIGNING_KEY_FILE": str(servers.layout.secrets / "trail.pem")}
        os.environ.update(env | {"LOG_LEVEL": "WARNING"})
        logging.configure()
        prepare(servers)
        with Crew(servers.layout.logs, env) as crew:
            field = Field(servers, crew)
            rows = measure(field, options, sizes)
            say("已测完 measured")
    told = {"runs": options.runs_or(1), "backlog": BACKLOG, "entries": " / ".join(f"{size:,}" for size in sizes)}
    report = Report(bench="trail", machine=about, sizes=told, rows=rows, ratios=ratios(rows, sizes), notes=field.notes)
    return report.deliver(options.json_file)
