"""The cluster scenario's command line, and what it says and writes."""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from deploy.local import database
from deploy.local.layout import ROOT, Layout
from deploy.local.leftovers import LockedError, hold_lock
from deploy.local.servers import ServerError
from tests.faults.cluster import Cluster, Result, Round, private_cluster, world_on
from tests.faults.pair.mutations import MUTATIONS


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def play(layout: Layout, *, rounds: int, seed: int, mutation: str = "") -> dict[str, Any]:
    """All rounds on one cluster and one database; the report. Stops at the first violation.

    ``mutation``: a cure to take out of the services (tests/faults/pair/mutations.py); then it must find violations.
    """
    run = layout.var / "run-ledgers"
    for folder in (run, layout.var / "nodes"):
        shutil.rmtree(folder, ignore_errors=True)
    store = database.provide(layout=layout, say=say, durable=True)
    results: list[Result] = []
    began = time.monotonic()
    try:
        store.start()
        with private_cluster(layout) as cluster:
            say(f"三个节点就绪 three nodes, {time.monotonic() - began:.1f} s")
            world = world_on(cluster, run, store.url, mutation=mutation)
            try:
                world.start()
                for number in range(1, rounds + 1):
                    results.append(Round(world, cluster, number, seed).play())
                    tell(results[-1])
                    if not results[-1].verdict.clean:
                        break
            finally:
                world.close()
            versions = versions_of(cluster)
    finally:
        store.stop()
    return report(results, seed=seed, versions=versions)


def tell(result: Result) -> None:
    found = result.verdict
    say(
        f"第 {result.number} 轮 round: {found.events} 事件 events, {found.lost} 丢失 lost, "
        f"{found.doubled} 重复 doubled ({result.redelivered} 再次投递 redelivered), "
        f"{found.parked} 停放 parked, {result.replayed} 重放 replayed, {result.seconds:.0f} s"
    )
    for fault in result.faults:
        say(
            f"  {fault.kind} 节点 node {fault.node} (led {fault.led}) {fault.seconds:.1f} s:"
            f" 无应答 silent {fault.silent_seconds:.1f} s, 复原 whole after {fault.whole_after:.1f} s"
            + (f", 重启 restarted {fault.restarted}" if fault.restarted else "")
        )
    for name, count in found.violations.items():
        say(f"  ✗ {name}: {count} {found.examples[name]}")


def report(results: Sequence[Result], *, seed: int, versions: dict[str, str]) -> dict[str, Any]:
    """Of the last verdict, which covers all rounds, and of every fault."""
    last = results[-1].verdict
    faults = [fault for result in results for fault in result.faults]
    judged = last.events + last.commands
    return {
        "scenario": 11,
        "rounds": len(results),
        "seed": seed,
        "commit": commit(),
        "events": last.events,
        "commands": last.commands,
        "effects": last.effects,
        "lost": last.lost,
        "doubled": last.doubled,
        "doubled_before_replay": results[-1].doubled_before_replay,
        "parked": last.parked,
        "replayed": sum(result.replayed for result in results),
        "redelivered": sum(result.redelivered for result in results),
        "violations": dict(last.violations),
        # zero of n seen: with 95 % confidence the rate is below 3/n (the rule of three)
        "violation_rate_below": round(3 / judged, 6) if judged and last.clean else None,
        "faults": [fault.as_json() for fault in faults],
        "restarted": {why: sum(why in fault.restarted for fault in faults) for why in ("stuck", "apart")},
        "silent_seconds": spread([fault.silent_seconds for fault in faults]),
        "recovery_seconds": spread([fault.whole_after for fault in faults]),
        "seconds": round(sum(result.seconds for result in results), 1),
        "versions": versions,
        "machine": {"cpus": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()},
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and maximum."""
    ordered = sorted(values)
    at = min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))
    return {
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[at], 2),
        "max": round(ordered[-1], 2),
    }


def versions_of(cluster: Cluster) -> dict[str, str]:
    version = cluster.nodes[1].ask("rabbit_misc:version().").strip('"')
    return {"rabbitmq": version, "nodes": str(len(cluster.nodes)), "partition_handling": "pause_minority"}


def commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run faults --cluster")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write the report to this file")
    parser.add_argument("--mutation", default="", choices=MUTATIONS, help="take a cure out: it must fail then")
    chosen = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    layout = Layout(root=ROOT, var=ROOT / "var" / "faults-cluster")
    try:
        lock = hold_lock(layout)
    except LockedError:
        print("集群场景正在运行。 The cluster scenario is running already.", file=sys.stderr)
        return 1
    try:
        made = play(layout, rounds=chosen.rounds, seed=chosen.seed, mutation=chosen.mutation)
    except ServerError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        os.close(lock)
    text = json.dumps(made, indent=1, ensure_ascii=False)
    print(text)
    if chosen.json:
        chosen.json.write_text(text + "\n")
    return 1 if made["violations"] or made["rounds"] < chosen.rounds else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
