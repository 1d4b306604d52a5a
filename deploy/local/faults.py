"""`./run faults`: the fault suite's long form. Kills processes, broker and database of its own, and reports.

The suite itself lives in tests/faults; the command starts it in a process of its own.
"""

from __future__ import annotations

import argparse
import importlib
import sys

from deploy.local.leftovers import LockedError
from deploy.local.servers import ServerError

ELSEWHERE = (
    "--cluster [--rounds N] [--seed S] [--json FILE]: scenario 11 alone, on three RabbitMQ nodes (Linux, root). "
    "--rolling [--times N] [--clients N] [--json FILE]: every process of the running district restarted under load."
)
OTHERS = {"--cluster": "tests.faults.cluster_report", "--rolling": "deploy.local.rolling"}
SCENARIOS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="./run faults", epilog=ELSEWHERE)
    made.add_argument("--rounds", type=int, default=1, help="seeded passes, about a minute each (default 1)")
    made.add_argument("--seed", type=int, default=7, help="draws every choice of the suite (default 7)")
    made.add_argument("--json", metavar="FILE", help="write the figures there")
    made.add_argument("--scenario", type=int, choices=SCENARIOS, help="only this row of docs/fault-suite.md")
    made.add_argument(
        "--long", action="store_true", help="besides, once: broker away 20 and 120 s, SIGSTOP 90 s, a hog"
    )
    made.add_argument("--keep", action="store_true", help="leave the servers' data in var/faults")
    return made


def main(arguments: list[str]) -> int:
    for switch, module in OTHERS.items():  # each with options of its own
        if switch in arguments:
            rest = [argument for argument in arguments if argument != switch]
            return int(importlib.import_module(module).main(rest))
    chosen = parser().parse_args(arguments)
    suite = importlib.import_module("tests.faults.suite")
    try:
        return int(suite.main(suite.Wish(**vars(chosen))))
    except ServerError as error:
        print(error, file=sys.stderr)
    except LockedError:
        print("另一次故障测试正在运行。 Another run of the fault suite is under way (var/faults).", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
