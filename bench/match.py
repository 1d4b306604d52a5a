"""``./run bench match``: the matching engine against others, and against its own goals (issue 7).

No server is needed. Every answer is checked by its own certificate; the exit code is 1 where one does not hold or two
exact solvers disagree. A goal that is missed is printed as missed.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from bench import machine, match_rivals, say
from bench.match_case import Case, first_come, generate, greedy, with_lots
from bench.match_events import Happenings
from bench.options import Options
from bench.report import commit
from deploy.local.layout import ROOT
from services.resources.matching.engine import certificate, flow, lots
from services.resources.matching.engine.answer import solve
from services.resources.matching.engine.market import Market
from services.resources.matching.engine.problem import Need, Offer, Problem, Solution, build

SMALL, SIZE, LARGE, EVENTS = 1_000, 10_000, 100_000, 500
NETWORKX_SECONDS = 600.0
RUNS = 5
EXACT = 1e-9
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure; ``ok`` is false where an answer is wrong, ``met`` tells of the goal."""

    what: str
    size: int
    seed: int
    value: float
    unit: str
    goal: str = ""
    met: bool | None = None
    ok: bool = True


def main(options: Options) -> int:
    flow.solve(build([Offer(id="o", quantity=1)], [Need(id="n", quantity=1)], [("o", "n", 1)]))  # the library is loaded
    rows = []
    for row in measure(options):
        rows.append(row)
        say(f"{row.what} · {row.size}: {row.value:.6g} {row.unit}")
    _print(rows)
    if options.json_file:
        found = {"bench": "match", "commit": commit(), "machine": _where(), "rows": [asdict(row) for row in rows]}
        Path(options.json_file).write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0 if all(row.ok for row in rows) else 1


def measure(options: Options) -> Iterator[Row]:
    """``--quick``: everything at a tenth of its size, without networkx. ``--only``: parts whose names hold a word."""
    size, large = (SMALL, SMALL) if options.quick else (SIZE, LARGE)
    seed = options.seed
    sizes = (SMALL,) if options.quick else (SMALL, SIZE)
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "cold": lambda: (row for each in sizes for row in cold(each, seed, options)),
        "networkx": lambda: (
            row for each in sizes for row in against_networkx(each, seed, options.seconds_or(NETWORKX_SECONDS))
        ),
        "events": lambda: events(size, seed),
        "lots": lambda: indivisible(size, seed, lots.BUDGET_SECONDS if not options.quick else 5.0),
        "fair": lambda: fair_round(size, seed),
        "memory": lambda: memory(large, seed),
    }
    for name, part in parts.items():
        if options.wants(name) and not (options.quick and name == "networkx"):
            yield from part()


def cold(size: int, seed: int, options: Options) -> Iterator[Row]:
    """From records to a checked certificate; against HiGHS, greedy and first come first served."""
    case = generate(size, seed)
    problem = build(case.offers, case.needs, case.edges)
    found, seconds = _certified(problem, options.runs_or(RUNS))
    records = _median([_timed(lambda: _from_records(case))[1] for _ in range(options.runs_or(RUNS))])
    about: dict[str, Any] = {"size": size, "seed": seed}
    rival = match_rivals.highs(problem)
    same = rival.value == found.primal
    yield Row(what="edges", value=len(problem.tail), unit="", **about)
    yield Row(what="solve and check", value=seconds, unit="s", **about)
    yield Row(what="from records", value=records, unit="s", **about)
    yield Row(
        what="dual − primal",
        value=found.dual - found.primal,
        unit="",
        goal="= 0",
        met=found.dual == found.primal,
        **about,
    )
    yield Row(what="HiGHS simplex", value=rival.seconds, unit="s", ok=same, **about)
    yield _at_least("times faster than HiGHS simplex", rival.seconds / seconds, 3, about)
    yield _at_least("value over greedy", found.primal / greedy(case), 1.025, about)
    yield _at_least("value over first come", found.primal / first_come(case), 1.15, about)


def against_networkx(size: int, seed: int, most: float) -> Iterator[Row]:
    """Once a size; where ``most`` seconds (``--seconds``) are up the ratio is a lower bound."""
    python = match_rivals.environment(ROOT / "var" / "bench" / "networkx")
    if python is None:
        return
    case = generate(size, seed)
    problem = build(case.offers, case.needs, case.edges)
    found, seconds = _certified(problem, RUNS)
    rival = match_rivals.networkx(python, problem, most=most)
    about: dict[str, Any] = {"size": size, "seed": seed}
    late = rival.value is None
    yield Row(
        what="networkx" + (" (stopped)" if late else ""),
        value=rival.seconds,
        unit="s",
        ok=late or rival.value == found.primal,
        **about,
    )
    yield _at_least("times faster than networkx" + (" (at least)" if late else ""), rival.seconds / seconds, 100, about)


def events(size: int, seed: int) -> Iterator[Row]:
    """Mixed events one at a time, against a cold solve of the same records at the end; both in CPU time."""
    case = generate(size, seed)
    _happens_first(case, seed)
    market = Market.of(build(case.offers, case.needs, case.edges))
    happenings = Happenings(case, random.Random(seed))
    times = sorted(_happen(market, happenings) for _ in range(EVENTS))
    problem = market.problem()
    same = market.value() == market.bound() == flow.solve(problem).primal
    records = _median([_timed(lambda: _rebuilt(market), time.process_time)[1] for _ in range(RUNS)])
    middle = times[len(times) // 2]
    about: dict[str, Any] = {"size": size, "seed": seed}
    yield Row(what="cold, for the events", value=records, unit="s", ok=same, **about)
    yield Row(what=f"one of {EVENTS} events, p50", value=1000 * middle, unit="ms", ok=same, **about)
    yield Row(
        what=f"one of {EVENTS} events, p90", value=1000 * times[len(times) * 9 // 10], unit="ms", ok=same, **about
    )
    yield _at_least("cold over p50 of an event", records / middle, 1000, about)


def indivisible(size: int, seed: int, seconds: float) -> Iterator[Row]:
    """A fifth of the needs all or nothing, a fifth of the offers with a least lot of a fifth."""
    case = with_lots(generate(size, seed), seed)
    problem = build(case.offers, case.needs, case.edges)
    found, took = _timed(lambda: lots.solve(problem, seconds=seconds))
    by_greedy = certificate.value(problem.utility, lots.greedy(problem, lots.possible(problem), together=True))
    about: dict[str, Any] = {"size": size, "seed": seed, "ok": not certificate.flaws(problem, found)}
    yield Row(
        what="lots: certified gap", value=100 * found.gap, unit="%", goal="≤ 0.5", met=found.gap <= 0.005, **about
    )
    yield Row(what="lots: time", value=took, unit="s", goal="≤ 60", met=took <= 60, **about)
    yield Row(
        what="lots: value over greedy",
        value=found.primal / by_greedy,
        unit="",
        goal="≥ 1",
        met=found.primal >= by_greedy,
        **about,
    )


def fair_round(size: int, seed: int) -> Iterator[Row]:
    """θ = 9/10: how near the target the worst-off street comes, and what that costs."""
    case = generate(size, seed)
    problem = build(case.offers, case.needs, case.edges)
    plain = flow.solve(problem)
    answer, took = _timed(lambda: solve(problem, theta=Fraction(9, 10)))
    if answer.fairness is None:
        raise AssertionError("a fair answer tells of its streets")
    below = float(answer.fairness.target - min(answer.fairness.coverage.values()))
    cost = 100 * (1 - certificate.value(problem.utility, answer.found.flow) / plain.primal)
    about: dict[str, Any] = {"size": size, "seed": seed, "ok": not certificate.flaws(answer.covered, answer.found)}
    least = 100 * float(min(certificate_coverage(problem, plain).values()))
    yield Row(what="fair: time", value=took, unit="s", **about)
    yield Row(what="fair: least coverage without", value=least, unit="%", **about)
    yield Row(what="fair: target", value=100 * float(answer.fairness.target), unit="%", **about)
    yield Row(
        what="fair: least coverage below target",
        value=max(below, 0.0),
        unit="",
        goal="≤ 0.01",
        met=below <= 0.01,
        **about,
    )
    yield Row(what="fair: cost in value", value=cost, unit="%", goal="≤ 1", met=cost <= 1, **about)


def certificate_coverage(problem: Problem, found: Solution) -> dict[str, Fraction]:
    """By street, of any answer."""
    from services.resources.matching.engine.fair import Streets

    return Streets.of(problem).coverage(problem, found.flow)


def memory(size: int, seed: int) -> Iterator[Row]:
    """A process of its own that generates, solves and checks; its peak is the figure."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.match_memory", str(size), str(seed)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    found = json.loads(done.stdout)
    about: dict[str, Any] = {"size": size, "seed": seed, "ok": found["ok"]}
    yield Row(what="memory: edges", value=found["edges"], unit="", **about)
    yield Row(what="memory: solve and check", value=found["seconds"], unit="s", **about)
    yield Row(what="memory: peak", value=found["mib"], unit="MiB", goal="≤ 2048", met=found["mib"] <= 2048, **about)


def _certified(problem: Problem, runs: int) -> tuple[Solution, float]:
    results = [_timed(lambda: certificate.check(problem, flow.solve(problem))) for _ in range(runs)]
    return results[0][0], _median([seconds for _, seconds in results])


def _happens_first(case: Case, seed: int) -> None:
    """Some events that do not count: the first of each kind compiles."""
    market, happenings = Market.of(build(case.offers, case.needs, case.edges)), Happenings(case, random.Random(seed))
    for _ in range(30):
        _happen(market, happenings)


def _happen(market: Market, happenings: Happenings) -> float:
    event = happenings.prepare()
    return _timed(lambda: event(market), time.process_time)[1]


def _from_records(case: Case) -> Solution:
    problem = build(case.offers, case.needs, case.edges)
    return certificate.check(problem, flow.solve(problem))


def _rebuilt(market: Market) -> Solution:
    problem = market.problem()
    return certificate.check(problem, flow.solve(problem))


def _timed(work: Callable[[], T], clock: Callable[[], float] = time.perf_counter) -> tuple[T, float]:
    begun = clock()
    return work(), clock() - begun


def _median(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]


def _at_least(what: str, value: float, goal: float, about: dict[str, Any]) -> Row:
    return Row(what=what, value=value, unit="×", goal=f"≥ {goal}", met=value >= goal - EXACT, **about)


def _where() -> list[str]:
    return [*machine.describe(), *(f"{name} {version(name)}" for name in ("ortools", "highspy", "numpy"))]


def _print(rows: list[Row]) -> None:
    print("### ./run bench match\n")
    print("\n".join(f"- {line}" for line in _where()))
    print("\n| what | n | seed | value | goal | met |\n|---|--:|--:|--:|---|---|")
    for row in rows:
        met = {None: "", True: "yes", False: "**no**"}[row.met] + ("" if row.ok else " WRONG")
        print(f"| {row.what} | {row.size} | {row.seed} | {row.value:.5g} {row.unit} | {row.goal} | {met} |")
