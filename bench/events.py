"""``./run bench events``: from a write to its effect, command → outbox → relay → broker → handler; and a backlog."""

from __future__ import annotations

import time
from typing import Any

from bench import cpu, machine, say
from bench.agent import Agent
from bench.cells import Cell, Ratio, Row, interleave
from bench.crew import Crew, python
from bench.keys import Keys
from bench.load.window import percentile
from bench.options import Options
from bench.poison import PER_SECOND, poisoned
from bench.report import Report
from bench.servers import Servers, running
from deploy.local.servers import ServerError

RATE, SECONDS = 100, 20.0
BACKLOG, BACKLOG_SECONDS = 20_000, 15.0
EFFECT, REPLY, CAPACITY = "write → effect", "write → reply", "backlog"
OURS, BESIDE = "ours", f"ours, beside {PER_SECOND} poison messages a second"
# With track_commit_timestamp the two commits themselves; else the clocks inside the two transactions.
_COMMITS = "pg_xact_commit_timestamp(seen.xmin) - pg_xact_commit_timestamp(note.xmin)"
_CLOCKS = "seen.seen_at - note.written_at"


class Field:
    """Where the notes service runs."""

    def __init__(self, servers: Servers, crew: Crew, keys: Keys) -> None:
        self.servers = servers
        self.crew = crew
        self.keys = keys
        self.reply: dict[str, Any] = {}

    def start(self, name: str, command: str) -> None:
        from bench.notes import rows
        from chassis.runtime.health import missing_consumers

        self.crew.start(name, python("bench.notes", command))
        if command == "serve":
            self.crew.until(name, lambda: not missing_consumers(self.servers.amqp_uri, [rows.QUEUE]))
        else:
            self.crew.until(name, lambda: '"relaying"' in self.crew.log(name).read_text())

    def watched(self) -> dict[str, list[int]]:
        return {
            "service": [self.crew.pid("notes")],
            "relay": [self.crew.pid("notes-relay")],
            **self.servers.watched(),
        }

    # the open loop ----------------------------------------------------------------------------------------------

    def write_steadily(self, load: Agent, seconds: float) -> dict[str, Any]:
        """So many writes a second, whatever the replies do; every effect is looked up in the database."""
        from bench.notes import rows

        connection = rows.connect(self.servers)
        rows.scalar(connection, "TRUNCATE note, seen, command_log; SELECT 1")
        before = cpu.snapshot(self.watched())
        self.reply = self._send(load, seconds)
        total = int(RATE * seconds)
        limit = time.monotonic() + 15
        while rows.scalar(connection, "SELECT count(*) FROM seen") < total and time.monotonic() < limit:
            time.sleep(0.1)
        after = cpu.snapshot(self.watched())
        exact = rows.scalar(connection, "SHOW track_commit_timestamp") == "on"
        found = self._latencies(connection, _COMMITS if exact else _CLOCKS)
        inner = self._latencies(connection, _CLOCKS)
        connection.close()
        errors = total - len(found) + int(self.reply["errors"])
        return {
            "requests": total,
            "rate": len(found) / seconds,
            **{f"p{percent}_ms": percentile(found, percent) for percent in (50, 95, 99)},
            "max_ms": found[-1] if found else 0.0,
            "between": "commits" if exact else "clocks inside the transactions",
            **{f"inside_p{percent}_ms": percentile(inner, percent) for percent in (50, 95, 99)},
            "cpu_us": cpu.spent(before, after, requests=total),
            "errors": errors,
            "first_error": self.reply["first_error"] or ("effects are missing" if errors else ""),
        }

    def write_beside_poison(self, load: Agent, seconds: float) -> dict[str, Any]:
        """The same, while the handler's queue gets what it cannot read."""
        from bench.notes import rows

        told = self.reply
        with poisoned(self.servers.amqp_uri, rows.QUEUE):
            found = self.write_steadily(load, seconds)
        self.reply = told
        return found

    def _send(self, load: Agent, seconds: float) -> dict[str, Any]:
        from bench.notes import rows

        run = f"{time.time_ns() // 1000 % 16**12:012x}"
        headers = {
            "nameko.authorization": self.keys.token(),
            "nameko.command_id": f"{run[:8]}-{run[8:]}-7000-8000-0000@@@@@@@@",
        }
        return load.ask(
            "rpc-open",
            uri=self.servers.amqp_uri,
            operation="bench_notes.write_note",
            kwargs={"words": rows.WORDS},
            headers=headers,
            rate=RATE,
            seconds=seconds,
        )

    @staticmethod
    def _latencies(connection: Any, difference: str) -> list[float]:
        """Milliseconds, in order."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT extract(epoch FROM {difference}) * 1000 FROM note JOIN seen ON seen.note_id = note.id"
            )
            return sorted(float(value) for (value,) in cursor.fetchall())

    # the backlog ------------------------------------------------------------------------------------------------

    def work_off(self) -> dict[str, Any]:
        """The handler's queue is full before its service starts; the effects' own clocks give the rate."""
        from bench.notes import rows

        self.crew.stop("notes")
        connection = rows.connect(self.servers)
        rows.scalar(connection, "TRUNCATE outbox, outbox_waiting, outbox_sent, seen, inbox; SELECT 1")
        rows.fill_outbox(connection, BACKLOG)
        self._until(lambda: not rows.scalar(connection, "SELECT count(*) FROM outbox_waiting"), 60)
        self.start("notes", "serve")
        self._until(lambda: rows.scalar(connection, "SELECT count(*) FROM seen") > 0, 20)
        before, began = cpu.snapshot(self.watched()), int(rows.scalar(connection, "SELECT count(*) FROM seen"))
        limit = time.monotonic() + BACKLOG_SECONDS
        while rows.scalar(connection, "SELECT count(*) FROM seen") < BACKLOG and time.monotonic() < limit:
            time.sleep(0.1)
        after = cpu.snapshot(self.watched())
        done, span = rows.scalar(
            connection, "SELECT array[count(*), extract(epoch FROM max(seen_at) - min(seen_at))] FROM seen"
        )
        connection.close()
        return {
            "requests": int(done),
            "seconds": float(span),
            "rate": float(done / span),
            "errors": 0,
            "cpu_us": cpu.spent(before, after, requests=int(done) - began),
        }

    @staticmethod
    def _until(condition: Any, seconds: float) -> None:
        limit = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > limit:
                raise ServerError("压测的事件没有走完 the bench's events did not get through in time")
            time.sleep(0.1)


def cells(field: Field, load: Agent, options: Options) -> list[Cell]:
    """The effect's latency, the reply's of the same writes, the backlog."""
    seconds = options.seconds_or(SECONDS)

    def reply(_: int) -> dict[str, Any]:
        return field.reply

    return [
        Cell(contestant=OURS, what=EFFECT, callers=RATE, play=lambda _: field.write_steadily(load, seconds)),
        Cell(contestant=BESIDE, what=EFFECT, callers=RATE, play=lambda _: field.write_beside_poison(load, seconds)),
        Cell(contestant=OURS, what=REPLY, callers=RATE, play=reply),
        Cell(contestant=OURS, what=CAPACITY, callers=0, play=lambda _: field.work_off()),
    ]


def ratios(rows: list[Row]) -> list[Ratio]:
    """Milliseconds of the slowest in a hundred; and what poison beside them costs the others (BUS.md, row 7)."""
    effect, beside = (
        next(row for row in rows if (row.what, row.contestant) == (EFFECT, who)) for who in (OURS, BESIDE)
    )
    cost = beside.median("p95_ms") / effect.median("p95_ms")
    return [
        Ratio(
            what=EFFECT, callers=RATE, of="p99", to="1 ms", figure="p99_ms", value=effect.median("p99_ms"), goal="≤ 25"
        ),
        Ratio(what=EFFECT, callers=RATE, of=BESIDE, to=OURS, figure="p95_ms", value=cost, goal="< 2"),
    ]


def main(options: Options) -> int:
    """Runs it; see docs/performance.md."""
    runs = options.runs_or(1)
    with running() as servers:
        from bench.notes import rows as notes

        about = [*machine.describe(), *servers.describe()]
        notes.prepare(servers)
        keys = Keys(servers.layout.secrets)
        env = servers.environment() | keys.environment()
        with Crew(servers.layout.logs, env) as crew, Agent(env, servers.layout.logs / "load.log") as load:
            field = Field(servers, crew, keys)
            field.start("notes-relay", "relay")
            field.start("notes", "serve")
            field.write_steadily(load, 1.0)
            say("已预热 warmed up")
            rows = interleave(cells(field, load, options), runs=runs)
    sizes = {"runs": runs, "writes a second": RATE, "seconds": options.seconds_or(SECONDS), "backlog": BACKLOG}
    between = rows[0].rounds[0]["between"]
    note = f"open loop (column callers: writes a second); {EFFECT}: between the two {between}"
    return Report(bench="events", machine=about, sizes=sizes, rows=rows, ratios=ratios(rows), notes=[note]).deliver(
        options.json_file
    )
