"""``./run bench live``: how long the job process takes to have the live market of n open offers and n open needs.

A database of its own for every size and the job process alone: the first building, changes one by one, and the cold
solve of the night. Exit code 1 where the kept value is not proved or the cold solve finds another.
"""

from __future__ import annotations

import json
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import machine, say
from bench.cpu import seconds as cpu_seconds
from bench.crew import Crew, python
from bench.keys import DISTRICT, Keys
from bench.options import Options
from bench.report import commit
from bench.round import DATABASE, prepare, resident
from bench.seeded import connect
from bench.servers import Servers, running
from chassis import ids
from deploy.local.servers import ServerError

SIZES = {"1k": 1_000, "2k": 2_000, "10k": 10_000}
CHANGES = 20
LONGEST = 3600.0
NOTE = "INSERT INTO market_change (id, district_code, noun, subject_id, touched_at) VALUES (%s, %s, 'need', %s, now())"
KEPT = "SELECT value, bound, offers, needs, matched FROM live_market WHERE value > 0"
CHECKED = "SELECT difference FROM live_market WHERE checked_at > now() - interval '1 hour'"
NOTHING_WAITS = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM market_change)"


def main(options: Options) -> int:
    """``--quick``: the smallest alone; ``--only 2k``: one of them."""
    rows = []
    with running() as servers:
        about = [*machine.describe(), *servers.describe()]
        for name, size in SIZES.items():
            if options.wants(name) and (name == "1k" or not options.quick):
                rows.append(measure(servers, options.seed, name=name, size=size))
                say(json.dumps(rows[-1], ensure_ascii=False))
    _print(about, rows)
    if options.json_file:
        found = {"bench": "live", "commit": commit(), "machine": about, "seed": options.seed, "rows": rows}
        Path(options.json_file).write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0 if all(row["proved"] for row in rows) else 1


def measure(servers: Servers, seed: int, *, name: str, size: int) -> dict[str, Any]:
    """One market in a fresh database."""
    env = servers.environment() | Keys(servers.layout.secrets).environment()
    needs = prepare(servers, env, size=size, seed=seed, lots=False, live=True)
    connection = connect(servers, DATABASE)
    with Crew(servers.layout.logs, env) as crew, connection.cursor() as cursor:
        row: dict[str, Any] = {"what": name}
        begun = time.perf_counter()
        pid = crew.start("resources-jobs", python("services.resources", "jobs"))
        with _weighed(pid, row, "build"):
            value, bound, *counts = _until(cursor, KEPT)
        row |= {"build_seconds": time.perf_counter() - begun, "build_cpu": cpu_seconds(pid)}
        row |= dict(zip(("offers", "needs", "matched"), counts, strict=True))
        cpu = cpu_seconds(pid)
        waits = [_changed(cursor, need) for need in needs[:CHANGES]]
        row |= {"change_ms": 1000 * statistics.median(waits)}
        row |= {"change_cpu_ms": 1000 * (cpu_seconds(pid) - cpu) / CHANGES}
        cpu = cpu_seconds(pid)
        with _weighed(pid, row, "check"):
            row["check_seconds"] = _checked(cursor)
        row["check_cpu"] = cpu_seconds(pid) - cpu
        [difference] = _until(cursor, CHECKED)
    connection.close()
    return row | {"value": value, "proved": value == bound and difference == 0}


def _changed(cursor: Any, need: str) -> float:
    """A unit more, noted as a flush notes it; seconds until the market has it."""
    begun = time.perf_counter()
    cursor.execute("UPDATE need SET quantity = quantity + 1 WHERE id = %s", (str(ids.decode("ned", need)),))
    cursor.execute(NOTE, (str(ids.new_uuid()), DISTRICT, need))
    _until(cursor, NOTHING_WAITS)
    return time.perf_counter() - begun


def _checked(cursor: Any) -> float:
    """The night comes; seconds of its cold solve."""
    begun = time.perf_counter()
    cursor.execute("UPDATE live_market SET checked_at = now() - interval '25 hours'")
    _until(cursor, CHECKED)
    return time.perf_counter() - begun


def _until(cursor: Any, asked: str) -> Any:
    limit = time.monotonic() + LONGEST
    while time.monotonic() < limit:
        cursor.execute(asked)
        if found := cursor.fetchone():
            return found
        time.sleep(0.02)
    raise ServerError(f"not within {LONGEST} s: {asked}")


@contextmanager
def _weighed(pid: int, row: dict[str, Any], what: str) -> Iterator[None]:
    """The most that the process and its children held together."""
    stop = threading.Event()

    def weigh() -> None:
        while not stop.wait(0.1):
            row[f"{what}_mib"] = max(row.get(f"{what}_mib", 0.0), resident(pid))

    thread = threading.Thread(target=weigh)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _print(about: list[str], rows: list[dict[str, Any]]) -> None:
    print("### ./run bench live\n")
    print("\n".join(f"- {line}" for line in about))
    print("\n| | " + " | ".join(row["what"] for row in rows) + " |\n|---|" + "--:|" * len(rows))
    for name in rows[0] if rows else ():
        if name != "what":
            told = [f"{row[name]:,.2f}" if isinstance(row[name], float) else str(row[name]) for row in rows]
            print(f"| {name} | " + " | ".join(told) + " |")
