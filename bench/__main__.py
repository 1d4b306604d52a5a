"""``./run bench <what> [--json FILE] [--runs N] [--seconds S] [--quick] [--only WORD …]``."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from bench.options import Options
from deploy.local.leftovers import LockedError
from deploy.local.servers import ServerError

BENCHES = (
    *("district", "rpc", "http", "relay", "events", "registry", "roadshow", "decide", "trail"),
    *("match", "orders", "round", "live", "suggest", "text", "import"),
)
MODULES = {"import": "imports"}  # of those that may not be named as they are asked for


def parse(arguments: list[str]) -> tuple[str, Options]:
    parser = argparse.ArgumentParser(prog="./run bench")
    parser.add_argument("what", choices=BENCHES)
    parser.add_argument("--json", metavar="FILE", help="write the rows as JSON")
    parser.add_argument("--runs", type=int, help="interleaved runs, of which the median counts (5; relay 3; events 1)")
    parser.add_argument("--seconds", type=float, help="measured seconds of a cell")
    parser.add_argument("--seed", type=int, default=7, help="which rows are asked for (7)")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="cells whose name holds every word")
    parser.add_argument("--profile", metavar="FOLDER", type=Path, help="rpc, http: sample the processes in one run")
    parser.add_argument("--quick", action="store_true", help="one run of one second: does it work at all")
    parser.add_argument("--large", action="store_true", help="trail: proofs from ten million entries as well")
    given = parser.parse_args(arguments)
    runs, seconds = (1, given.seconds or 1.0) if given.quick else (given.runs, given.seconds)
    runs = 1 if given.profile else runs
    asked = {"json_file": given.json, "runs": runs, "seconds": seconds, "seed": given.seed, "quick": given.quick} | {
        "large": given.large
    }
    return given.what, Options(**asked, only=tuple(given.only), profile=given.profile)


def main(arguments: list[str]) -> int:
    """Run one benchmark."""
    what, options = parse(arguments)
    bench = importlib.import_module(f"bench.{MODULES.get(what, what)}")
    try:
        code: int = bench.main(options)
        return code
    except ServerError as error:
        print(error, file=sys.stderr)
    except LockedError:
        print("另一次压测正在运行。 Another bench is under way (var/bench).", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
