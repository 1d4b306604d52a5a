"""docs/bus-cures.md names cures and tests that exist; and what no test of a process can show of them."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.house.kit import ROOT, imports, sources

ROWS = {f"F{number}" for number in (*range(1, 13), 14, 17, 18, 19, 20)}
CPU = {"argon2", "ortools", "numpy", "PIL"}


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


def test_cpu_work_stays_off_the_event_loop() -> None:
    """F5: a module that names a library of heavy arithmetic offloads it, or only a job (a plain process) loads it."""
    heavy = {path for path, tree in sources("services") if CPU & set(imports(tree))}
    inline = {path for path in heavy if "from chassis.runtime.offload import offload" not in (ROOT / path).read_text()}
    assert inline == {"services/resources/matching/solver.py"}
    users = [path for path, tree in sources("services") if "services.resources.matching.solver" in modules(tree)]
    assert users == ["services/resources/matching/jobs.py"]


def modules(tree: ast.Module) -> set[str]:
    """Dotted names that a module imports."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found
