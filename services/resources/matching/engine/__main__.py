"""Solve an instance offline: ``./run match INSTANCE.json [--json] [--seconds S]``; ``-`` reads standard input.

Exit code 0: solved and proved; 1: no proof was found, so nothing is answered; 2: the file or a member of it is not what
it should be, and the line says which.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.resources.matching.engine import lots, reading
from services.resources.matching.engine.answer import solve
from services.resources.matching.engine.explain import document
from services.resources.matching.engine.problem import NotOptimalError, build

SHOWN = 20


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run match", description="求解撮合实例 solve a matching instance offline")
    parser.add_argument("instance", metavar="INSTANCE.json", help="- 表示标准输入 standard input")
    parser.add_argument("--json", action="store_true", help="输出 JSON  print the whole answer as JSON")
    parser.add_argument(
        "--seconds", type=_seconds, default=lots.BUDGET_SECONDS, help="批量搜索时限 bound of the search with lots"
    )
    given = parser.parse_args(arguments)
    try:
        text = sys.stdin.buffer.read() if given.instance == "-" else Path(given.instance).read_bytes()
        instance = reading.parse(text)
        del text  # of a large instance, hundreds of MiB, like the records once they are arrays
    except OSError as error:
        sys.stderr.write(f"无法读取 cannot read {given.instance}: {error.strerror}\n")
        return 2
    except reading.InstanceError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if instance.unknown:
        sys.stderr.write(f"未读取的成员 members not read: {unread(instance.unknown)}\n")
    problem, theta = build(instance.offers, instance.needs, instance.edges), instance.theta
    del instance
    try:
        found = document(solve(problem, theta=theta, seconds=given.seconds))
    except NotOptimalError as error:
        sys.stderr.write(f"未能证明最优 not proved: {error}\n")
        return 1
    return show(found, as_json=given.json)


def unread(names: Sequence[str]) -> str:
    """On one line, whatever the members are called."""
    told = [json.dumps(name, ensure_ascii=not name.isprintable())[1:-1] for name in names[:SHOWN]]
    return ", ".join(told) + (f" … ({len(names)})" if len(names) > SHOWN else "")


def _seconds(text: str) -> float:
    found = float(text)
    if not 0 <= found < math.inf:
        raise ValueError(text)
    return found


def show(found: dict[str, Any], *, as_json: bool) -> int:
    """On standard output."""
    if as_json:
        sys.stdout.write(
            json.dumps(found, ensure_ascii=False) + "\n"
        )  # at once: json.dump goes value by value in Python
    else:
        sys.stdout.write("\n".join([*summary(found), ""]))
    return 0


def summary(found: dict[str, Any]) -> list[str]:
    """For people: what it comes to, who gets what, who goes without."""
    unmet, fairness = found["explanations"]["unmet"], found["explanations"].get("fairness")
    lines = [
        f"总效用 value {found['primal']} · 上界 bound {found['dual']} · 差距 gap {found['gap']:.4%}",
        found["explanations"]["proof"]["zh"],
        found["explanations"]["proof"]["en"],
    ]
    if fairness is not None:
        lines += _streets(found, fairness)
    lines.append(f"匹配 matches: {len(found['allocation'])}")
    lines += [
        f"  {row['offer']} → {row['need']}: {row['quantity']} × {row['utility']}" for row in found["allocation"][:SHOWN]
    ]
    lines.append(f"未满足 unmet: {len(unmet)}")
    lines += [f"  {row['need']}: {row['zh']} {row['en']}" for row in unmet[:SHOWN]]
    if max(len(unmet), len(found["allocation"])) > SHOWN:
        lines.append(f"各列前 {SHOWN} 条；全部见 --json。 The first {SHOWN} of each; all with --json.")
    return lines


def _streets(found: dict[str, Any], fairness: dict[str, Any]) -> list[str]:
    above, below = fairness["target"]
    lines = [f"街道保障目标 target of every street: {above / below:.2%}"]
    for name, (got, wanted) in sorted(fairness["coverage"].items()):
        subsidy = found["subsidies"].get(name, 0)
        lines.append(f"  {name}: 满足率 coverage {got / wanted:.2%} · 补贴 subsidy {subsidy}")
    lines += [f"  {name}: 没有适合的资源 nothing fits" for name in fairness["unreachable"]]
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
