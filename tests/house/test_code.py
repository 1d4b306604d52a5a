"""Habits that can be counted."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import docs
from tests.house.kit import ROOT, imports, sources

BROKER = {"nameko", "kombu", "amqp", "eventlet", "greenlet"}
FUNCTION_LINES = 40
FILE_LINES = 300


def test_frameworks_stay_where_they_belong() -> None:
    wrong = []
    for path, tree in sources():
        if path.startswith(("bench/rivals/", "bench/monolith/")):  # other ways of building it, measured beside ours
            continue
        found = set(imports(tree))
        if found & BROKER and not path.startswith("chassis/runtime/"):
            wrong.append((path, found & BROKER))
        if "falcon" in found and not path.startswith("gateway/"):
            wrong.append((path, {"falcon"}))
        if "pamqp" in found and path not in {"chassis/frames.py", "chassis/frame_parser.py", "chassis/link.py"}:
            wrong.append((path, {"pamqp"}))
    assert wrong == []


def test_the_gateway_starts_without_sql_or_the_services_runtime() -> None:
    script = (
        "import sys, gateway.app, gateway.api\n"
        "gateway.api.routes()\n"
        "print([name for name in ('sqlalchemy', 'kombu', 'nameko', 'eventlet', 'psycopg2') if name in sys.modules])"
    )
    reply = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert reply.stdout.strip() == "[]"


def test_import_contracts_hold() -> None:
    tool = Path(sys.executable).with_name("lint-imports")
    reply = subprocess.run([tool, "--no-cache"], capture_output=True, text=True, check=False, cwd=ROOT)
    assert reply.returncode == 0, reply.stdout[-4000:]


def test_the_environment_is_read_in_one_place() -> None:
    wrong = [
        path
        for path, tree in sources("chassis", "contracts", "services", "gateway")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert set(wrong) <= {"chassis/config.py"}


def test_time_is_read_in_one_place() -> None:
    calls = {"now", "utcnow", "today"}
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in sources("chassis", "contracts", "services", "gateway")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in calls
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date"}
        and path != "chassis/clock.py"
    ]
    assert wrong == []


def test_functions_and_files_stay_small() -> None:
    long = []
    for path, tree in sources("chassis", "contracts", "services", "gateway", "deploy"):
        lines = len((ROOT / path).read_text().splitlines())
        if lines > FILE_LINES:
            long.append(f"{path}: {lines} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    long.append(f"{path}:{node.lineno} {node.name}: {length} lines")
    assert long == []


def test_nothing_is_left_unfinished() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError|pytest\.skip\(")
    folders = ("chassis", "contracts", "services", "gateway", "deploy")
    assert [path for path, _ in sources(*folders) if words.search((ROOT / path).read_text())] == []


@pytest.mark.parametrize("name", docs.PAGES)
def test_printed_pages_are_current(name: str) -> None:
    path = ROOT / "docs" / name
    assert path.read_text() == docs.PAGES[name](), f"run python -m deploy.docs: docs/{name} is old"


def test_every_state_machine_stays_among_its_states() -> None:
    for title, transitions in docs.state_machines():
        before = {state for state, _ in transitions}
        assert transitions, title
        assert set(transitions.values()) | before, title
        starts = before - set(transitions.values())
        assert starts or len(before) > 0, title
