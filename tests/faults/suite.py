"""``./run faults``: rounds on servers of the suite's own, then the model, the controls and the long outages."""

from __future__ import annotations

import json
import logging
import os
import platform
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from chassis import crash
from tests.faults import clockwork, figures, long, rest, short
from tests.faults import round as rounds
from tests.faults.load import Ledger
from tests.faults.nursery import ROOT
from tests.faults.round import ALL_PARTS, PARTS, Result, Stage
from tests.faults.servers import Servers, private, say
from tests.faults.verdict import Verdict
from tests.faults.wire import CommitCutter
from tests.faults.world import World

NEEDED_HITS = 10
MODEL, CONTROLS = 13, 14


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the command line asked for."""

    rounds: int = 1
    seed: int = 7
    json: str | None = None
    long: bool = False
    scenario: int | None = None
    keep: bool = False

    @property
    def parts(self) -> frozenset[str]:
        return ALL_PARTS if self.scenario is None else PARTS.get(self.scenario, frozenset())

    def wants(self, scenario: int) -> bool:
        return self.scenario in {None, scenario}


@dataclass
class Invocation:
    """Everything that was seen; becomes the JSON."""

    wish: Wish
    results: list[Result] = field(default_factory=list)
    violations: Counter[str] = field(default_factory=Counter)
    verdict: Verdict = field(default_factory=Verdict)
    extra: dict[str, Any] = field(default_factory=dict)
    began: float = field(default_factory=time.time)

    @property
    def green(self) -> bool:
        controls = all(one["caught"] for one in self.extra.get("controls_detail", {}).values())
        return not self.violations and controls and self.extra.get("model", {}).get("ok", True)


def main(wish: Wish) -> int:
    """Exit code 1 where anything was lost, came twice or differs, or a control was not caught."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    seen = Invocation(wish)
    with private(keep=wish.keep) as (servers, folder):
        seen.extra["versions"] = versions(servers)
        if wish.parts:
            play_rounds(seen, servers, folder)
        if wish.long:
            seen.extra["long"] = long.play(servers, folder / "long", wish.seed)
            seen.violations.update({f"long_{name}": n for name, n in seen.extra["long"]["violations"].items()})
        if wish.wants(CONTROLS):
            play_controls(seen, servers, folder)
        if wish.wants(MODEL):
            play_model(seen, servers)
    report = as_json(seen)
    if wish.json:
        Path(wish.json).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    print(closing(report), flush=True)
    return 0 if seen.green else 1


# the rounds -----------------------------------------------------------------------------------------------------


def play_rounds(seen: Invocation, servers: Servers, folder: Path) -> None:
    cutter = CommitCutter(servers.database_url)
    urls = dict.fromkeys(("front-serve-2", "back-serve-2", "front-jobs-2"), cutter.url)
    world = World(folder / "world", amqp_uri=servers.amqp_uri, database_url=servers.database_url, database_urls=urls)
    try:
        world.start()
        stage = Stage(world, servers, cutter)
        for number in range(seen.wish.rounds):
            seen.results.append(rounds.play(stage, number, seen.wish.seed, seen.wish.parts))
            own = seen.results[-1].own
            seen.violations.update(own)
        commands, poison = (Ledger(world.folder / f"{name}.jsonl") for name in ("commands", "poison"))
        seen.verdict = rest.settle(world, commands, poison)
        seen.violations.update(seen.verdict.violations)
        seen.extra |= measured(world)
    finally:
        world.close()
        cutter.close()


def measured(world: World) -> dict[str, Any]:
    """The invocation's figures, from its ledgers and databases."""
    troubles = figures.troubles(world.folder)
    lags = figures.publish_lags(world)
    back = [line["consumers_back"] for line in troubles if "consumers_back" in line]
    return {
        "crash_points": {name: world.hits()[name] for name in crash.POINTS},
        "job_taken_over_seconds": figures.summary(clockwork.taken_over(world)),
        "kills": sum(death.told and death.code == -9 for death in world.deaths),
        "commit_cuts": sum(line.get("cuts", 0) for line in troubles),
        "recovery_seconds": figures.summary(figures.recoveries(world)),
        "consumers_back_seconds": figures.summary(back),
        "publish_lag_seconds": {"p50": figures.quantile(lags, 0.5), "p95": figures.quantile(lags, 0.95)},
        "troubles": troubles,
    }


# model and controls ---------------------------------------------------------------------------------------------


def play_controls(seen: Invocation, servers: Servers, folder: Path) -> None:
    """The suite without a cure must fail; and the same pass with every cure in must not."""
    say("  对照 controls")
    where = {"amqp_uri": servers.amqp_uri, "database_url": servers.database_url}
    sound = short.ShortPass(folder / "sound", **where)
    try:
        verdict = sound.play(short.control_plan(), stalled=True)
    finally:
        sound.close()
    for name, count in verdict.violations.items():
        seen.violations[f"sound_control_{name}"] = count
    seen.extra["controls_detail"] = short.controls(folder, **where)
    for name, one in seen.extra["controls_detail"].items():
        say(f"    {name}: {'查出 caught' if one['caught'] else '未查出 NOT CAUGHT'} {one['violations']}")


def play_model(seen: Invocation, servers: Servers) -> None:
    """Scenario 13 is a test; here with more examples, in the seed's order."""
    say("  模型 model")
    env = {**os.environ, "DATABASE_URL": servers.database_url, "FAULTS_MODEL_EXAMPLES": "60"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        f"--hypothesis-seed={seen.wish.seed}",
        "tests/faults/test_model.py",
    ]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    seen.extra["model"] = {"ok": done.returncode == 0, "says": done.stdout.strip().splitlines()[-1:]}
    if done.returncode:
        print(done.stdout[-4000:], flush=True)


# the report -----------------------------------------------------------------------------------------------------


def versions(servers: Servers) -> dict[str, str]:
    return {**servers.versions(), "python": platform.python_version(), "nameko": _version("nameko")}


def _version(name: str) -> str:
    from importlib import metadata

    return metadata.version(name)


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() + ("-dirty" if changed.stdout.strip() else "")


def as_json(seen: Invocation) -> dict[str, Any]:
    found, hits = seen.verdict, seen.extra.get("crash_points", {})
    return {
        "rounds": len(seen.results),
        "seed": seen.wish.seed,
        "commit": commit(),
        "green": seen.green,
        "events": found.events,
        "effects": found.effects,
        "commands": found.commands,
        "lost": found.lost,
        "doubled": found.doubled,
        "parked": found.parked,
        "parked_waiting": found.waiting,
        "jobs": found.jobs,
        "jobs_failed": found.jobs_failed,
        "timers": found.timers,
        "turns": found.turns,
        "violations": dict(seen.violations),
        "examples": dict(found.examples),
        "violation_rate_upper_95": figures.upper_bound(found.events, found.lost + found.doubled),
        "crash_points_below_10": sorted(name for name, times in hits.items() if times < NEEDED_HITS),
        "controls": {name: one["caught"] for name, one in seen.extra.get("controls_detail", {}).items()},
        **seen.extra,
        "drain_seconds": figures.summary([second for one in seen.results for second in one.drains]),
        "round_rows": [
            {"round": one.number, "seconds": round(one.seconds, 1), "replayed": one.replayed, "missed": one.missed}
            for one in seen.results
        ],
        "scenarios": sorted(number for number, parts in PARTS.items() if parts <= seen.wish.parts),
        "machine": {"cores": os.cpu_count(), "system": platform.platform(), "load": os.getloadavg()},
        "seconds": round(time.time() - seen.began, 1),
    }


def closing(report: dict[str, Any]) -> str:
    hits = ", ".join(f"{name} {times}" for name, times in report.get("crash_points", {}).items())
    lines = [
        f"{report['rounds']} 轮 rounds, {report['events']} 事件 events: {report['lost']} 丢失 lost, "
        f"{report['doubled']} 重复 doubled, {report['parked']} 停放 parked; {report['jobs']} 任务 jobs "
        f"({report['jobs_failed']} 失败 failed), {report['timers']} 定时 timers; {report['seconds']} s",
        f"崩溃点 crash points: {hits}",
        f"恢复 recovery: {report.get('recovery_seconds')}; 发布滞后 publish lag: {report.get('publish_lag_seconds')}",
        f"对照 controls: {report['controls']}; 模型 model: {report.get('model', {}).get('says')}",
        "通过 green" if report["green"] else f"未通过 FAILED: {report['violations']}",
    ]
    return "\n".join(lines)
