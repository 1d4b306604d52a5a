"""A district of its own: real processes, real broker and database, reached over HTTP only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from deploy.pilot.__main__ import open_stage
from deploy.pilot.stage import Stage

ROOT = Path(__file__).resolve().parents[2]


def run_local(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """``./run <arguments>`` without the set-up of the environment."""
    command = [sys.executable, "-m", "deploy.local", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True, timeout=300, check=False)


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Brings a district up in a folder of its own; answers the environment a client needs."""
    var = tmp_path_factory.mktemp("district")
    prefix = f"flow_{os.getpid()}_"
    # The tests of other workers keep the machine busy: an answer may come late, and is an answer all the same.
    slow = {"RPC_DEADLINE_SECONDS": "40"}
    env = dict(os.environ) | slow | {"FOOTPRINT_VAR": str(var), "DATABASE_PREFIX": prefix, "PYTHONPATH": str(ROOT)}
    if env.pop("FOOTPRINT_TEST_BROKER", "") == "own":
        del env["AMQP_URI"]  # a broker of its own as well: another worker's tests have this one to themselves
    up = run_local("up", "--detach", env=env)
    assert up.returncode == 0, up.stdout[-3000:] + up.stderr[-3000:]
    ports = json.loads((var / "ports.json").read_text())
    yield env | {
        "CLOUD_URL": f"http://127.0.0.1:{ports['cloud']}",
        "STREET_URL": f"http://127.0.0.1:{ports['street']}",
        "PEERS_URL": f"http://127.0.0.1:{ports['peers']}",
        "ADMIN_PASSWORD_FILE": str(var / "secrets" / "admin-password"),
    }
    down = run_local("down", env=env)
    assert down.returncode == 0, down.stdout + down.stderr


@pytest.fixture(scope="session")
def stage(district: dict[str, str]) -> Iterator[Stage]:
    """The pilot's stage on that district; tests play its chapters in order."""
    with httpx.Client(timeout=60, trust_env=False) as http:
        yield open_stage(district, http, Console(quiet=True))
