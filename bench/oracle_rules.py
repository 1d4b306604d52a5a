"""Runs in the oracle's environment, never in ours: pabutools decides what it is given. Standard input and output: JSON.

Asked: a list of ``{"path" or "pb": text, "jobs": [{"utility", "completion"}]}``. Answered: the winners and processor
seconds of every job, in order, and those of reading.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

UTILITIES = {"cost": "Cost_Sat", "cardinality": "Cardinality_Sat", "points": "Additive_Cardinal_Sat"}


def solve(instance: Any, profile: Any, job: dict[str, Any]) -> dict[str, Any]:
    """One job, timed as a whole."""
    from pabutools import election, rules

    kind = getattr(election, UTILITIES[job["utility"]])
    started = time.process_time()
    if job["completion"] == "greedy":
        found = rules.completion_by_rule_combination(
            instance,
            profile,
            [rules.method_of_equal_shares, rules.greedy_utilitarian_welfare],
            [{"sat_class": kind}, {"sat_class": kind}],
        )
    else:
        more = {"voter_budget_increment": 1} if job["completion"] == "add1" else {}
        found = rules.method_of_equal_shares(instance, profile, sat_class=kind, **more)
    seconds = time.process_time() - started
    return {"winners": sorted(project.name for project in found), "seconds": seconds}


def main() -> None:
    """Everything asked for."""
    from pabutools.election.pabulib import parse_pabulib, parse_pabulib_from_string

    sys.setrecursionlimit(20_000)
    asked, answers = json.load(sys.stdin), []
    reading = 0.0
    for entry in asked:
        started = time.process_time()
        read = parse_pabulib_from_string(entry["pb"]) if "pb" in entry else parse_pabulib(entry["path"])
        reading += time.process_time() - started
        answers.append([solve(read[0], read[1], job) for job in entry["jobs"]])
    json.dump({"answers": answers, "reading": reading}, sys.stdout)


if __name__ == "__main__":
    main()
