"""Crash points: silent unless armed; then the process is gone, and its ledger says where."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from chassis import crash

ROOT = Path(__file__).parents[3]
_SCRIPT = """
from chassis import crash
for turn in range(5):
    print(turn, flush=True)
    crash.point("relay.before_publish")
    crash.point("relay.after_confirm")
"""


def run(ledger: Path, armed: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "FOOTPRINT_CRASH": armed, "FOOTPRINT_CRASH_LEDGER": str(ledger), "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-c", _SCRIPT], env=env, capture_output=True, text=True, check=False)


def test_a_process_dies_at_the_armed_passing_and_leaves_a_line(tmp_path: Path) -> None:
    ledger = tmp_path / "crashes.txt"
    done = run(ledger, "relay.after_confirm:3")
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.split() == ["0", "1", "2"]
    assert ledger.read_text().split()[0] == "relay.after_confirm"


def test_nothing_dies_unless_armed(tmp_path: Path) -> None:
    done = run(tmp_path / "crashes.txt", "")
    assert (done.returncode, done.stdout.split()[-1]) == (0, "4")


def test_an_unknown_point_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    done = run(tmp_path / "crashes.txt", "relay.nowhere")
    assert done.returncode == 1
    assert "names no crash point" in done.stderr


@pytest.mark.parametrize("name", crash.POINTS)
def test_every_crash_point_stands_somewhere_in_the_chassis(name: str) -> None:
    assert name in _standing() or f"*.{name.partition('.')[2]}" in _standing()


@cache
def _standing() -> set[str]:
    """Names given to ``crash.point``; a formatted first part is a star."""
    found = set()
    for path in (ROOT / "chassis").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "crash.point":
                argument = node.args[0]
                found.add(argument.value if isinstance(argument, ast.Constant) else _starred(argument))
    return {str(one) for one in found}


def _starred(argument: ast.expr) -> str:
    assert isinstance(argument, ast.JoinedStr)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in argument.values)
