"""One cold solve in a process of its own: ``python -m bench.match_memory SIZE SEED`` prints time and peak memory."""

from __future__ import annotations

import json
import resource
import sys
import time

from bench.match_case import generate
from services.resources.matching.engine import certificate, flow
from services.resources.matching.engine.problem import build


def main(size: int, seed: int) -> None:
    case = generate(size, seed)
    problem = build(case.offers, case.needs, case.edges)
    begun = time.perf_counter()
    found = flow.solve(problem)
    flaws = certificate.flaws(problem, found)
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
    ok = not flaws and found.primal == found.dual
    print(json.dumps({"edges": len(problem.tail), "seconds": seconds, "mib": peak, "ok": ok}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
