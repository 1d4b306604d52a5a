"""``./run bench import``: sheets of organisations, offers and needs, from asking to the finished report."""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench import cpu, machine, registry_import, say
from bench.cells import Row
from bench.crew import Crew, python
from bench.keys import Keys
from bench.options import Options
from bench.registry_import import Door
from bench.report import Report
from bench.seeded import connect, drop
from bench.servers import Servers, running
from bench.suggest_rows import PROVIDERS, Maker, copy
from bench.text import rows as labelled
from chassis import clock
from chassis.sheets import writing
from deploy.local.layout import ROOT
from deploy.local.servers import ServerError

ROWS, QUICK = 10_000, 1_000
PREPARED = {"registry": ("migrate", "bootstrap"), "resources": ("migrate",)}
SHEETS = (("registry", "organisations"), ("resources", "offers"), ("resources", "needs"))
WAYS = (("csv", "dry_run"), ("xlsx", "all_or_nothing"), ("csv", "valid_rows"))
QUIET_SECONDS, IDLE = 120, 0.1
HEADINGS = {
    "offers": ("提供方", "类别", "名称", "说明", "数量", "单位", "标签", "有效期至", "服务方式", "利害关系方", "批次"),
    "needs": (
        "需求方",
        "类别",
        "名称",
        "说明",
        "数量",
        "单位",
        "标签",
        "截止日期",
        "服务方式",
        "须有保险",
        "可替代的标签",
    ),
}
MADE = {"organisations": "registered", "offers": "drafted", "needs": "drafted"}


@dataclass(frozen=True)
class Place:
    """Where sheets are imported: doors and pids of the job processes by service, and who there is."""

    doors: dict[str, Door]
    jobs: dict[str, int]
    streets: list[str]
    watched: dict[str, list[int]]


def prepare(servers: Servers, env: dict[str, str], options: Options) -> list[str]:
    """Migrated databases; resources knows organisations to give and to need. Answers the streets."""
    drop(servers, [f"bench_{service}" for service in PREPARED])
    for service, commands in PREPARED.items():
        for command in commands:
            arguments = python(f"services.{service}", command)
            done = subprocess.run(arguments, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise ServerError(f"services.{service} {command}: {done.stderr.strip()[-800:]}")
    with connect(servers, "bench_resources").cursor() as cursor:
        copy(cursor, "known_organisation", Maker(options.seed).organisations())
    with connect(servers, "bench_registry").cursor() as cursor:
        cursor.execute("SELECT code FROM place WHERE level = 'street' ORDER BY code")
        return [code for (code,) in cursor.fetchall()]


def lines(name: str, dice: random.Random, *, first: int, count: int) -> Iterator[tuple[str, ...]]:
    """Synthetic (合成): the labelled texts as materials of many providers, none of them twice."""
    texts, today = labelled("offers" if name == "offers" else "queries"), clock.day_of(clock.system_now())
    for number in range(first, first + count):
        text, day = dice.choice(texts), (today + timedelta(days=dice.randint(30, 400))).isoformat()
        whose, other = (f"合成组织第{dice.randrange(PROVIDERS):05d}号" for _ in range(2))
        tags = text["topic"] if dice.random() < 0.5 else "合成、演示"
        said = (whose, "物资", f"{text['text'][:100]} {number}", "合成数据，仅供压测。" * 4, "40", "件", tags)
        if name == "offers":
            rare = number % 10 == 0
            batches = f"A1 10 {day}；A2 30" if rare else ""
            yield (*said, day if dice.random() < 0.5 else "", "线下", other if rare else "", batches)
        else:
            yield (*said, day, "线下", "是" if dice.random() < 0.2 else "")


def sheet(name: str, form: str, *, number: int, count: int, seed: int, streets: list[str]) -> bytes:
    """The ``number``-th sheet of a list: no row of it is in another one."""
    if name == "organisations":
        return registry_import.sheet(form, first=number * count, streets=streets, count=count)
    rows = list(lines(name, random.Random(f"{seed} {name} {number}"), first=number * count, count=count))
    return writing.write(rows, form=form, headings=[HEADINGS[name]])


def wait_until_idle(pid: int) -> None:
    """What an import leaves to be done (duplicates, the kept market) is no part of the next one's figures."""
    limit, before = time.monotonic() + QUIET_SECONDS, cpu.seconds(pid)
    while time.monotonic() < limit:
        time.sleep(2)
        now = cpu.seconds(pid)
        if now - before < 2 * IDLE:
            return
        before = now


def play(place: Place, service: str, name: str, content: bytes, form: str, mode: str, count: int) -> dict[str, Any]:
    """One import: rows a second, CPU a row by process, memory of the job process before and at most."""
    pid = place.jobs[service]
    wait_until_idle(pid)
    machine.forget_peak(pid)
    watched = {"jobs": [pid], **place.watched}
    resident, before, busy = machine.resident_mib(pid), cpu.snapshot(watched), cpu.machine_busy()
    seconds, result = place.doors[service].imported(content, form, mode, name=name)
    after, all_of_it = cpu.snapshot(watched), cpu.machine_busy() - busy
    if result["valid" if mode == "dry_run" else MADE[name]] != count:
        raise ServerError(f"import: {result}")
    ours = sum(after.values()) - sum(before.values())
    memory = {"resident_mib": round(resident, 1), "peak_mib": round(machine.peak_mib(pid), 1)}
    say(f"{name} {form} {mode}: {seconds:.1f} s, {memory}")
    return {
        "rate": count / seconds,
        **dict.fromkeys(("p50_ms", "p95_ms", "p99_ms"), seconds * 1000),
        "cpu_us": cpu.spent(before, after, requests=count),
        "elsewhere": max(all_of_it - ours, 0.0) / (seconds * (os.cpu_count() or 1)),
        **memory,
    }


def measure(place: Place, options: Options, count: int) -> list[Row]:
    found = []
    for service, name in SHEETS:
        for number, (form, mode) in enumerate(WAYS):
            if options.wants(name, form, mode):
                content = sheet(name, form, number=number, count=count, seed=options.seed, streets=place.streets)
                told = play(place, service, name, content, form, mode, count)
                found.append(Row(f"{service}-jobs", f"{name}, {form}, {mode}", 1, [told]))
    return found


def main(options: Options) -> int:
    """Runs it; see docs/performance.md."""
    count = QUICK if options.quick else ROWS
    with running() as servers:
        keys, files = Keys(servers.layout.secrets), servers.layout.var / "files"
        files.mkdir(parents=True, exist_ok=True)
        settings = {"FILES_URL": files.as_uri(), "ADMIN_PASSWORD_FILE": str(keys.admin_password())}
        env = servers.environment() | keys.environment() | settings
        os.environ.update({name: env[name] for name in ("DATABASE_URL", "DATABASE_PREFIX", "DATA_KEY_FILE")})
        streets = prepare(servers, env, options)
        about = [*machine.describe(), *servers.describe()]
        with Crew(servers.layout.logs, env) as crew:
            jobs = {name: crew.start(f"{name}-jobs", python(f"services.{name}", "jobs")) for name in PREPARED}
            doors = {name: Door(keys, files, name) for name in PREPARED}
            database = {"database": servers.watched()["database"]}
            rows = measure(Place(doors, jobs, streets, database), options, count)
    told = [f"{row.what}: {row.rounds[0]['resident_mib']} → {row.rounds[0]['peak_mib']} MiB" for row in rows]
    notes = ["the times are of the whole import; µs are CPU a row", "memory of the job process: " + "; ".join(told)]
    sizes = {"rows": count, "organisations known": PROVIDERS, "seed": options.seed}
    report = Report(bench="import", machine=about, sizes=sizes, rows=rows, ratios=[], notes=notes)
    return report.deliver(options.json_file)
