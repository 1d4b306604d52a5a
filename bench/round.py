"""``./run bench round``: a matching round of n open offers and n open needs, through the service.

Every setting has a database of its own, the service, its job process and a gateway. A round is begun and solved over
HTTP while another caller reads needs; then results and certificate are read, and the certificate is checked from its
own numbers alone. Exit code 1 where it does not hold.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import machine, round_proof, round_rows, say
from bench.cpu import seconds as cpu_seconds
from bench.crew import Crew, python
from bench.keys import DISTRICT, Keys
from bench.options import Options
from bench.report import commit
from bench.seeded import connect, drop
from bench.servers import Servers, running
from bench.stage import ask
from chassis import ids, tokens
from chassis.actor import Actor
from deploy.local.layout import ROOT
from deploy.local.plan import gateway_spec
from deploy.local.processes import children, choose_ports
from deploy.local.servers import ServerError

DATABASE = "bench_resources"
SIZES = {"1k": 1_000, "3k": 3_000, "10k": 10_000}
SETTINGS = ("divisible", "lots")
LONGEST = 1800.0
GOAL_SECONDS, GOAL_MIB = 300, 2048


@dataclass
class District:
    """A port to ask at, and what is watched."""

    port: int
    keys: Keys
    pids: dict[str, list[int]]
    needs: list[str]
    who: Actor = field(
        default_factory=lambda: Actor(account_id=ids.new_id("acc"), role="bureau", district_code=DISTRICT)
    )
    session: str = field(default_factory=lambda: ids.new_id("ses"))
    peaks: dict[str, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        token = tokens.issue(self.keys.signing, self.who, session_id=self.session)  # ten minutes are less than a round
        headers = {"Authorization": f"Bearer {token}"}
        status, _, found = ask(self.port, method, path, headers, json.dumps(body).encode() if body else None)
        return status, json.loads(found)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Peaks of memory, and how long a read takes meanwhile."""
        stop = threading.Event()
        threads = [threading.Thread(target=work, args=(stop,)) for work in (self._weigh, self._read)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def _weigh(self, stop: threading.Event) -> None:
        while not stop.wait(0.1):
            for name, pids in self.pids.items():
                now = sum(resident(pid) for pid in pids)
                self.peaks[name] = max(self.peaks.get(name, 0.0), now)

    def _read(self, stop: threading.Event) -> None:
        number = 0
        while not stop.wait(0.05):
            number += 1
            begun = time.perf_counter()
            status, _ = self.ask("GET", f"/v1/needs/{self.needs[number % len(self.needs)]}")
            self.waits.append(time.perf_counter() - begun if status == 200 else LONGEST)


def main(options: Options) -> int:
    """``--quick``: the smallest alone; ``--only 3k lots``: one of them."""
    sizes = {"1k": SIZES["1k"]} if options.quick else SIZES
    rows = []
    with running() as servers:
        about = [*machine.describe(), *servers.describe()]
        for name, size in sizes.items():
            for setting in SETTINGS:
                if options.wants(name, setting):
                    rows.append(measure(servers, options.seed, name=f"{name} {setting}", size=size))
                    say(json.dumps(rows[-1], ensure_ascii=False))
    _print(about, rows)
    if options.json_file:
        found = {"bench": "round", "commit": commit(), "machine": about, "seed": options.seed, "rows": rows}
        Path(options.json_file).write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0 if all(not row["flaws"] for row in rows) else 1


def measure(servers: Servers, seed: int, *, name: str, size: int) -> dict[str, Any]:
    """One round in a fresh database."""
    keys = Keys(servers.layout.secrets)
    env = servers.environment() | keys.environment() | {"RPC_PATH": "fast"}
    needs = prepare(servers, env, size=size, seed=seed, lots=name.endswith("lots"))
    with Crew(servers.layout.logs, env) as crew:
        district = _start(crew, servers, keys, needs)
        before = {what: sum(map(cpu_seconds, pids)) for what, pids in district.pids.items()}
        begun = time.perf_counter()
        with district.watched():
            round_id, result = _solve(district)
        took = time.perf_counter() - begun
        spent = {what: sum(map(cpu_seconds, pids)) - before[what] for what, pids in district.pids.items()}
        return {
            "what": name,
            "seconds": took,
            "phases": result.get("seconds", {}),
            "edges": result.get("edges"),
            "cpu": spent,
            "peak_mib": district.peaks,
            "read_p50_ms": 1000 * _at(district.waits, 0.5),
            "read_p99_ms": 1000 * _at(district.waits, 0.99),
            **_results(district, round_id),
        }


def prepare(
    servers: Servers, env: dict[str, str], *, size: int, seed: int, lots: bool, live: bool = False
) -> list[str]:
    """A fresh database; the ids of its needs. ``live``: the job process may keep the live market."""
    drop(servers, [DATABASE])
    done = subprocess.run(
        python("services.resources", "migrate"), env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ServerError(f"services.resources migrate: {done.stderr.strip()[-800:]}")
    connection = connect(servers, DATABASE)
    try:
        with connection.cursor() as cursor:
            return round_rows.load(cursor, size=size, seed=seed, lots=lots, live=live).needs
    finally:
        connection.close()


def _start(crew: Crew, servers: Servers, keys: Keys, needs: list[str]) -> District:
    from chassis.runtime.health import missing_consumers

    service = crew.start("resources", python("services.resources", "serve"))
    crew.until("resources", lambda: not missing_consumers(servers.amqp_uri, ["rpc-resources"]))
    [port] = choose_ports(None)
    spec = gateway_spec(layout=servers.layout, name=f"front-{port}", port=port, street=None, env={})
    front = crew.start(f"front-{port}", spec.argv, GATEWAY_CACHE="0")
    jobs = crew.start("resources-jobs", python("services.resources", "jobs"))
    pids = {"gateway": [front], "service": [service], "jobs": [jobs], "database": servers.database.pids}
    made = District(port, keys, pids, needs)

    def answers() -> bool:
        try:
            return made.ask("GET", f"/v1/needs/{needs[0]}")[0] == 200
        except OSError:
            return False

    crew.until(f"front-{port}", answers)
    return made


def _solve(district: District) -> tuple[str, dict[str, Any]]:
    """The round's id and its job's result."""
    _, made = district.ask("POST", "/v1/matching-rounds", {"title": "合成对接批次"})
    path = f"/v1/matching-rounds/{made['matching_round_id']}/solution"
    status, job = district.ask("POST", path, {"expected_version": made["version"]})
    if status != 202:
        raise ServerError(f"{path}: {status} {job}")
    limit, told = time.monotonic() + LONGEST, ""
    while time.monotonic() < limit:
        _, view = district.ask("GET", f"/v1/jobs/{job['job_id']}")
        if (now := f"{view['done']}/{view['total']}") != told:
            say(f"进度 progress {now}")
            told = now
        if view["status"] in ("done", "failed"):
            if view["status"] == "failed":
                raise ServerError(f"the round failed: {view['error']}")
            return made["matching_round_id"], view["result"]
        time.sleep(0.5)
    raise ServerError(f"the round took longer than {LONGEST} s")


def _results(district: District, round_id: str) -> dict[str, Any]:
    """All of it as a reader gets it."""
    path, cursor, counts = f"/v1/matching-rounds/{round_id}", None, {"needs": 0, "matches": 0, "unexplained": 0}
    begun = time.perf_counter()
    while True:
        query = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        _, page = district.ask("GET", f"{path}/results?{urlencode(query)}")
        for row in page["items"]:
            counts["needs"] += 1
            counts["matches"] += len(row["matches"])
            counts["unexplained"] += not (row["zh"] and row["en"] and all(each["zh"] for each in row["matches"]))
        cursor = page.get("next_cursor")
        if not cursor:
            break
    read = time.perf_counter() - begun
    status, found = district.ask("GET", path)
    _, bundle = district.ask("GET", f"{path}/bundle")
    wrong = round_proof.flaws(bundle) + (["results without words"] if counts["unexplained"] else [])
    answer = bundle["answer"]
    return counts | {
        "round_status": status,
        "certificate_bytes": len(json.dumps(found)),
        "edges": sum(1 for _ in round_proof.edges(bundle)),
        "bundle_mib": (found.get("bundle") or {}).get("size", 0) / 2**20,
        "primal": answer["primal"],
        "dual": answer["dual"],
        "gap_percent": 100 * answer["gap"],
        "read_all_seconds": read,
        "flaws": wrong[:5],
    }


def resident(pid: int) -> float:
    """MiB that a process and its descendants have in use."""
    try:
        return machine.resident_mib(pid) + sum(resident(child) for child in children(pid))
    except (OSError, StopIteration):
        return 0.0


def _at(times: list[float], share: float) -> float:
    ordered = sorted(times) or [0.0]
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def _print(about: list[str], rows: list[dict[str, Any]]) -> None:
    print("### ./run bench round\n")
    print("\n".join(f"- {line}" for line in about))
    print("\n| | " + " | ".join(row["what"] for row in rows) + " |\n|---|" + "--:|" * len(rows))
    for label, values in _lines(rows):
        print(f"| {label} | " + " | ".join(values) + " |")


def _lines(rows: list[dict[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    yield "edges", [f"{row['edges']:,}" for row in rows]
    yield "whole, s", [f"{row['seconds']:.1f}" for row in rows]
    for name in {name: None for row in rows for name in row["phases"]}:
        yield f"{name}, s", [f"{row['phases'].get(name, 0):.2f}" for row in rows]
    for kind, unit in (("cpu", "s of processor"), ("peak_mib", "MiB at most")):
        for name in {name: None for row in rows for name in row[kind]}:
            yield f"{name}, {unit}", [f"{row[kind].get(name, 0):.1f}" for row in rows]
    yield "another's read, p50 / p99, ms", [f"{row['read_p50_ms']:.0f} / {row['read_p99_ms']:.0f}" for row in rows]
    for name in ("needs", "matches"):
        yield name, [f"{row[name]:,}" for row in rows]
    yield "all results read, s", [f"{row['read_all_seconds']:.1f}" for row in rows]
    yield "certificate as a file, MiB", [f"{row['bundle_mib']:.1f}" for row in rows]
    yield "certified gap, %", [f"{row['gap_percent']:.3f}" for row in rows]
    yield "certificate", ["holds" if not row["flaws"] else "**" + "; ".join(row["flaws"]) + "**" for row in rows]
