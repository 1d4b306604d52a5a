"""docs/bus-cures.md names cures and tests that exist; and what no test of a process can show of them."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.house.kit import ROOT, imports, sources

ROWS = {f"F{number}" for number in (*range(1, 13), 14, 17, 18, 19, 20)}
CPU = {"argon2", "highspy", "numba", "ortools", "numpy", "PIL"}


@cache
def table() -> dict[str, tuple[list[str], list[str]]]:
    """``{row: (cures, tests)}``."""
    lines = (ROOT / "docs" / "bus-cures.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| F")]
    return {row[0]: (re.findall(r"`([^`]+)`", row[2]), re.findall(r"`([^`]+)`", row[3])) for row in rows}


@cache
def names_of_tests() -> set[str]:
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    trees = (ast.parse(path.read_text()) for path in (ROOT / "tests").glob("**/test_*.py"))
    trees_of_behaviours = [ast.parse((ROOT / "tests/runtime/behaviours.py").read_text())]
    return {
        node.name for tree in (*trees, *trees_of_behaviours) for node in ast.walk(tree) if isinstance(node, functions)
    }


def test_every_failure_row_is_in_the_table() -> None:
    assert set(table()) == ROWS


@pytest.mark.parametrize("row", sorted(ROWS))
def test_a_rows_cures_and_tests_exist(row: str) -> None:
    cures, tests = table()[row]
    assert cures
    assert tests
    assert [name for name in tests if name not in names_of_tests()] == []
    assert [cure for cure in cures if not exists(cure)] == []


def exists(cure: str) -> bool:
    """``path.py:function`` or ``path.py:Class.method``."""
    path, _, name = cure.partition(":")
    found: list[ast.stmt] = ast.parse((ROOT / path).read_text()).body
    for part in name.split("."):
        named = [node for node in found if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
        match = [node for node in named if node.name == part]
        if not match:
            return False
        found = match[0].body
    return True


ROUND_ARRAYS = ("compare", "edges", "instance", "outcomes", "solver")  # of a matching round; the job process loads them
FIRST_MARKET = "services/resources/live/first.py"  # likewise


def test_cpu_work_stays_off_the_event_loop() -> None:
    """F5: a module that names a library of heavy arithmetic offloads it, or only a job (a plain process) loads it."""
    engine = "services/resources/matching/engine"
    heavy = {path for path, tree in sources("services") if CPU & set(imports(tree)) and not path.startswith(engine)}
    inline = {path for path in heavy if "from chassis.runtime.offload import offload" not in (ROOT / path).read_text()}
    assert inline == {
        "services/projects/allocation/solver.py",
        "services/projects/evidence/reading.py",
        "services/projects/planning/judge_flow.py",
        "services/projects/planning/scheduling.py",
        "services/resources/suggestions/guessing.py",
        "services/projects/planning/sessions_model.py",
        FIRST_MARKET,
        *(f"services/resources/matching/{name}.py" for name in ROUND_ARRAYS),
    }
    engines = {path for path, tree in sources("services") if any(".matching.engine" in name for name in modules(tree))}
    late = {f"services/resources/{name}.py" for name in ("matching/solver", "live/book")}
    assert {path for path in engines if not path.startswith(engine)} == {*late, FIRST_MARKET}
    assert not [path for path in sorted(late) if ".matching.engine" in at_the_top(path)]
    planning = {f"services.projects.planning.{name}" for name in ("scheduling", "conflict_set")}
    assert {path for path, tree in sources("services") if planning & modules(tree)} == {
        f"services/projects/planning/{name}.py" for name in ("jobs", "conflict_set")
    }
    readers = {path for path, tree in sources("services") if "services.projects.evidence.reading" in modules(tree)}
    assert readers == {"services/projects/evidence/jobs.py"}
    assert "reading" not in at_the_top("services/projects/evidence/jobs.py")
    matching = "services/resources/matching"
    job_only = {FIRST_MARKET, *(f"{matching}/{name}.py" for name in (*ROUND_ARRAYS, "apart", "bundle", "storing"))}
    dotted = {path.removesuffix(".py").replace("/", ".") for path in job_only}
    names = {
        path: {*modules(tree), *(name.rpartition(".")[0] for name in modules(tree))}
        for path, tree in sources("services")
    }
    users = {path for path, mine in names.items() if dotted & mine} - job_only
    assert users == {f"{matching}/jobs.py", "services/resources/live/keeper.py"}
    for user in users:
        assert not [name for name in dotted if f"import {name.rpartition('.')[2]}" in at_the_top(user)]
        assert not [name for name in dotted if name in at_the_top(user)]
    text = (ROOT / "services/projects/decisions/actions.py").read_text()
    deciders = [path for path, _ in sources("services/projects") if "decide_round(" in (ROOT / path).read_text()]
    assert {path for path in deciders if "/allocation/" not in path} == {"services/projects/decisions/actions.py"}
    assert "offload(_decided, inputs)" in text


def at_the_top(path: str) -> str:
    """What a module imports when it is loaded, as text."""
    body = ast.parse((ROOT / path).read_text()).body
    return "\n".join(ast.unparse(node) for node in body if isinstance(node, ast.Import | ast.ImportFrom))


def modules(tree: ast.Module) -> set[str]:
    """Dotted names that a module imports."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found
