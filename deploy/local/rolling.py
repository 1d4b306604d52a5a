"""Every process restarted in turn, several times, while clients send commands and reads over HTTP.

A client is what the API asks for: a command carries an Idempotency-Key, and a request that failed (no answer, or 429,
500, 502, 503, 504) is sent once more after Retry-After, two seconds at most. The verdict is what such a client saw, and
what the services' own lists hold afterwards: each accepted command once, nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from deploy.local import control
from deploy.local.layout import Layout, district_layout
from deploy.local.rolling_clients import Client, Commands, Person, RollingError, Tally, work

PASSWORD = "demo-rolling-2026"


async def verify(client: Client, commands: Commands, tally: Tally) -> dict[str, dict[str, int]]:
    """Path → how many commands were accepted, how many rows there are, which are missing, doubled or unknown."""
    found: dict[str, dict[str, int]] = {}
    filters = {
        "/v1/organisations": (f"name={commands.tag}-", "name"),
        "/v1/needs": (f"organisation_id={commands.organisation_id}", "title"),
        "/v1/rounds": ("scale=micro", "name"),
    }
    for path, (query, label) in filters.items():
        rows = [row for row in await client.pages(f"{path}?{query}") if row[label].startswith(f"{commands.tag}-")]
        held = [row[label] for row in rows]
        accepted = tally.accepted.get(path, {})
        found[path] = {
            "accepted": len(accepted),
            "rows": len(held),
            "missing": len(set(accepted) - set(held)),
            "doubled": len(held) - len(set(held)),
            "unknown": len(set(held) - set(accepted)),
        }
    return found


def restartable(state: dict[str, Any]) -> list[str]:
    """Every process but the demonstration's peers, which stand for others' systems."""
    return list(dict.fromkeys(row["spec"] for row in state["processes"] if row["spec"] != "peers"))


async def restart_all(layout: Layout, names: list[str], *, times: int) -> list[float]:
    """Seconds of each restart. Raises :class:`RollingError`."""
    seconds = []
    for turn in range(1, times + 1):
        began = time.monotonic()
        for name in names:
            request = {"command": "restart", "name": name}
            reply = await asyncio.to_thread(control.ask_once, layout.control, request, seconds=180)
            if not reply.get("ok"):
                raise RollingError(str(reply.get("error")))
            seconds.append(float(reply["seconds"]))
        took = time.monotonic() - began
        print(f"{turn}/{times} 轮 round: {len(names)} 个进程已重启 processes restarted, {took:.0f} s", flush=True)
    return seconds


async def prepare(boss: Client) -> Person:
    """An officer of this run's own."""
    login = f"rolling-{secrets.token_hex(4)}"
    person = {"role": "bureau", "login": login, "password": PASSWORD, "name": "演示"} | {"must_change_password": False}
    await boss.ask("POST", "/v1/accounts", person, key=login)
    return Person(login, PASSWORD)


async def roll(layout: Layout, *, times: int, clients: int) -> dict[str, Any]:
    """The whole run; returns its report."""
    state = await asyncio.to_thread(control.ask_once, layout.control, {"command": "status"})
    names, ports = restartable(state), state["addresses"]
    tally, over = Tally(), asyncio.Event()
    doors = [f"http://127.0.0.1:{ports[door]}" for door in ("cloud", "street")]
    limits = httpx.Timeout(30.0)
    async with (
        httpx.AsyncClient(base_url=doors[0], timeout=limits) as cloud,
        httpx.AsyncClient(base_url=doors[1], timeout=limits) as street,
    ):
        secret = (layout.secrets / "admin-password").read_text().strip()
        boss = Client(cloud, tally, Person("admin", secret))
        person = await prepare(boss)
        tag, officer = person.login, Client(cloud, tally, person)
        first = await officer.ask("POST", "/v1/organisations", Commands(tag, "").organisation(f"{tag}0"), key=tag)
        commands = Commands(tag, first["organisation_id"])
        people = [officer, Client(street, tally, person)]
        tally.last_answer, tally.gap = time.monotonic(), 0.0
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(clients):
                group.create_task(work(people[number % 2], number, commands, tally, over))
            try:
                restarts = await restart_all(layout, names, times=times)
            finally:
                over.set()
        took, tally = time.monotonic() - began, tally.closed()
        rested = await boss.ask("GET", "/v1/settlement")
        bus = await boss.ask("GET", "/v1/bus")
        verdict = await verify(officer, commands, tally)
    return report(tally, verdict, bus, settled=rested is not None, times=times, restarts=restarts, took=took) | {
        "processes": names
    }


def report(
    tally: Tally,
    verdict: dict[str, dict[str, int]],
    bus: Any,
    *,
    settled: bool,
    times: int,
    restarts: list[float],
    took: float,
) -> dict[str, Any]:
    """``ok``: no client saw a failure after its one retry, and every accepted command is there once."""
    ordered = sorted(tally.seconds)
    wrong = sum(row[name] for row in verdict.values() for name in ("missing", "doubled", "unknown"))
    return {
        "ok": not tally.failed and not wrong and settled,
        "times": times,
        "restarts": len(restarts),
        "restart_seconds": {"median": sorted(restarts)[len(restarts) // 2], "max": max(restarts)},
        "seconds": round(took, 1),
        "requests": tally.requests,
        "retried": tally.retried,
        "first_failures": tally.first_failures,
        "failed_after_one_retry": tally.failed,
        "commands": verdict,
        "settled": settled,
        "bus": bus,
        "longest_gap_seconds": round(tally.gap, 3),
        "answer_seconds": {
            "p50": round(ordered[len(ordered) // 2], 3),
            "p99": round(ordered[int(len(ordered) * 0.99)], 3),
            "max": round(ordered[-1], 3),
        },
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run faults --rolling")
    parser.add_argument("--times", type=int, default=10, help="rounds; each restarts every process once")
    parser.add_argument("--clients", type=int, default=8, help="concurrent clients, half at each gateway")
    parser.add_argument("--json", type=Path, help="write the report there")
    chosen = parser.parse_args(arguments)
    try:
        made = asyncio.run(roll(district_layout(), times=chosen.times, clients=chosen.clients))
    except control.NotRunningError:
        print("区平台未运行。 The district is not running. 启动 Start it: ./run up --detach", file=sys.stderr)
        return 3
    except (RollingError, ExceptionGroup) as error:
        causes = getattr(error, "exceptions", (error,))
        print(f"中止 given up: {'; '.join(map(str, causes))}", file=sys.stderr)
        return 1
    text = json.dumps(made, ensure_ascii=False, indent=1)
    print(text)
    if chosen.json:
        chosen.json.write_text(text + os.linesep)
    return 0 if made["ok"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
