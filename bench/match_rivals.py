"""The same divisible instance solved by others: networkx in an environment of its own, HiGHS's simplex."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import say
from services.resources.matching.engine.problem import Problem

NETWORKX = "networkx==3.4.2"
SCRIPT = """
import json, sys, time
import networkx as nx
given = json.load(sys.stdin)
graph, total = nx.DiGraph(), sum(given["supply"])
graph.add_node("end", demand=total)
for at, count in enumerate(given["supply"]):
    graph.add_node(("o", at), demand=-count)
    graph.add_edge(("o", at), "end", capacity=count, weight=0)
for at, count in enumerate(given["demand"]):
    graph.add_edge(("n", at), "end", capacity=count, weight=0)
for tail, head, worth in zip(given["tail"], given["head"], given["utility"]):
    graph.add_edge(("o", tail), ("n", head), weight=-worth)
begun = time.perf_counter()
cost, _ = nx.network_simplex(graph)
print(json.dumps({"value": -cost, "seconds": time.perf_counter() - begun}))
"""


@dataclass(frozen=True)
class Rival:
    """``value`` is ``None`` when time was up: ``seconds`` is then what it was given."""

    seconds: float
    value: int | None


def environment(folder: Path) -> Path | None:
    """An interpreter with networkx, made on first use; ``None`` when it cannot be had."""
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True, timeout=120)
        if subprocess.run([str(python), "-c", "import networkx"], capture_output=True, check=False).returncode:
            install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", NETWORKX]
            subprocess.run(install, check=True, capture_output=True, timeout=180)
    except (OSError, subprocess.SubprocessError) as error:
        say(f"没有 networkx，略过。 No networkx, skipped: {error}")
        return None
    return python


def networkx(python: Path, problem: Problem, *, most: float) -> Rival:
    """Network simplex in exact integers, the graph already built; ``most`` seconds at the longest."""
    given = {name: getattr(problem, name).tolist() for name in ("supply", "demand", "tail", "head", "utility")}
    try:
        done = subprocess.run(
            [str(python), "-c", SCRIPT],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=True,
            timeout=most,
        )
    except subprocess.TimeoutExpired:
        return Rival(most, None)
    found = json.loads(done.stdout)
    return Rival(found["seconds"], found["value"])


def highs(problem: Problem) -> Rival:
    """Dual simplex on the linear relaxation, the model already passed."""
    import highspy

    many = len(problem.tail)
    rows = np.concatenate([problem.tail, len(problem.supply) + problem.head])
    order = np.argsort(rows, kind="stable")
    limits = np.concatenate([problem.supply, problem.demand]).astype(float)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = many, len(limits)
    lp.col_cost_ = problem.utility.astype(float)
    lp.col_lower_, lp.col_upper_ = np.zeros(many), np.full(many, np.inf)
    lp.row_lower_, lp.row_upper_ = np.full(len(limits), -np.inf), limits
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.searchsorted(rows[order], np.arange(len(limits) + 1))
    lp.a_matrix_.index_ = np.concatenate([np.arange(many)] * 2)[order]
    lp.a_matrix_.value_ = np.ones(2 * many)
    model = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, setting in (("output_flag", False), ("solver", "simplex"), ("threads", 1)):
        model.setOptionValue(name, setting)
    model.passModel(lp)
    begun = time.perf_counter()
    model.run()
    return Rival(time.perf_counter() - begun, round(model.getInfo().objective_function_value))
