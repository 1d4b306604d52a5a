"""``./run bench decide``: Equal Shares against pabutools' exact fractions on a real election, and the exact knapsack.

Processor seconds of the deciding process, so that a busy machine weighs less: from the election as each reader makes it
to the winners, and reading the file by itself.
The contestants take turns; medians over the rounds. The oracle has an environment of its own (``bench/oracle.py``).
"""

from __future__ import annotations

import json
import random
import time
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from bench import machine, oracle, say
from bench.options import Options
from services.projects.allocation import completion, knapsack, pabulib, shares
from services.projects.allocation.model import Election

ELECTION = "poland_warszawa_2022_wawer"
GOAL_RATIO, GOAL_SECONDS = 50, 5
PROPOSALS = 1_000
Row = dict[str, Any]


def main(options: Options) -> int:
    """Both benches; exit code 1 where winners differ or an answer is not optimal."""
    rows = [*_shares(options), *_knapsack(options)]
    lines = machine.describe()[:2]
    lines.append(f"HiGHS {version('highspy')}, seed {options.seed}")
    print("### ./run bench decide\n")
    print("\n".join(f"- {line}" for line in lines))
    print("\n| what | ours s | pabutools s | ratio | goal | same winners / optimal |\n|---|--:|--:|--:|---|---|")
    for row in rows:
        print(f"| {row['what']} | {row['ours']} | {row['theirs']} | {row['ratio']} | {row['goal']} | {row['right']} |")
    if options.json_file:
        Path(options.json_file).write_text(json.dumps({"machine": lines, "rows": rows}, ensure_ascii=False, indent=1))
    return 0 if all(row["right"] in {"yes", "–"} for row in rows) else 1


def _shares(options: Options) -> list[Row]:
    found = [path for path in oracle.elections() if path.stem == ELECTION]
    if not found:
        say(f"{ELECTION}.pb is not there: name its folder in FOOTPRINT_PABULIB")
        return []
    started = time.process_time()
    election = pabulib.election_of(pabulib.parse(found[0].read_text(encoding="utf-8-sig")))
    election.buckets(points=False)
    times: dict[str, list[float]] = {"ours": [time.process_time() - started], "theirs": []}
    theirs = oracle.make()
    if theirs:
        times["theirs"] = [oracle.ask([{"path": str(found[0]), "jobs": []}])[1]]
    rows = [{**_row("reading the file", times, same=True, theirs=theirs), "goal": "–"}]
    for utility in ("cost", "cardinality"):
        times, same = {"ours": [], "theirs": []}, True
        for number in range(options.runs_or(3)):
            say(f"{utility}, round {number + 1}")
            seconds, winners = _ours(election, utility)
            times["ours"].append(seconds)
            if theirs:
                job = {"utility": utility, "completion": "none"}
                answer = oracle.ask([{"path": str(found[0]), "jobs": [job]}])[0][0][0]
                times["theirs"].append(answer["seconds"])
                same = same and answer["winners"] == sorted(winners)
        size = f"{len(election.projects)} projects, {election.voters} voters"
        rows.append(_row(f"Equal Shares, {utility} utility, {size}", times, same=same, theirs=theirs))
    rows.append(_add1(election))
    return rows


def _ours(election: Election, utility: str) -> tuple[float, list[str]]:
    """Who supports what is known from reading; everything else is done anew."""
    started = time.process_time()
    bought = shares.run(_market(election, utility), Fraction(election.budget, election.voters)).bought
    return time.process_time() - started, bought


def _market(election: Election, utility: str) -> shares.Market:
    ranks = {name: rank for rank, name in enumerate(sorted(election.by_id))}
    return shares.market(election, utility=utility, ranks=ranks)


def _row(what: str, times: dict[str, list[float]], *, same: bool, theirs: bool) -> Row:
    ours = median(times["ours"])
    row = {"what": what, "ours": f"{ours:.4f}", "theirs": "–", "ratio": "–", "goal": f"≥ {GOAL_RATIO}", "right": "–"}
    if theirs:
        other = median(times["theirs"])
        row |= {"theirs": f"{other:.3f}", "ratio": f"{other / ours:.0f}", "right": "yes" if same else "NO"}
    return row


def _add1(election: Election) -> Row:
    started = time.process_time()
    made = _market(election, "cost")
    completion.add1(made, budget=election.budget, stop="over_budget", increment=election.unit)
    seconds = time.process_time() - started
    what = "the same with add1, step by step, over_budget"
    return {"what": what, "ours": f"{seconds:.2f}", "theirs": "–", "ratio": "–", "goal": "–", "right": "–"}


def _knapsack(options: Options) -> list[Row]:
    """Random proposals; optimal means that HiGHS proved it, that integers confirm it and that no bound contradicts."""
    dice = random.Random(options.seed)
    items = [
        knapsack.Item(
            id=str(number),
            cost=dice.randint(500_000, 8_000_000),
            score=dice.randint(0, 10_000),
            groups=(f"field:{dice.randrange(8)}", f"street:{dice.randrange(23)}"),
        )
        for number in range(PROPOSALS)
    ]
    limits = knapsack.Limits(
        minimums={f"field:{number}": 60_000_000 for number in range(4)},
        caps={f"street:{number}": 30_000_000 for number in range(12)},
    )
    rows = []
    for words, bound in (("budget only", None), ("4 minimums and 12 caps", limits)):
        started = time.perf_counter()
        packed = knapsack.pack(items, budget=500_000_000, limits=bound)
        seconds = time.perf_counter() - started
        cost = sum(item.cost for item in items if item.id in set(packed.chosen))
        right = packed.total <= packed.bound and cost <= 500_000_000 and not packed.shortfalls
        rows.append(
            {
                "what": f"exact knapsack, {PROPOSALS} proposals, {words} (wall clock)",
                "ours": f"{seconds:.2f}",
                "theirs": "–",
                "ratio": "–",
                "goal": f"< {GOAL_SECONDS} s",
                "right": "yes" if right else "NO",
            }
        )
    return rows
