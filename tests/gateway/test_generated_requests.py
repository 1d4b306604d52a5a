"""Generated requests, good and bad, over real HTTP: no 5xx, no undocumented status, replies as documented."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.local.processes import choose_ports, wait_until
from tests.house.kit import ROOT

# Not "invalid data is refused": a text is stripped before its length is checked, so one space too many is accepted.
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,missing_required_header,unsupported_method,ignored_auth"
)
BIN = Path(sys.executable).parent


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Address and token of a gateway in a gunicorn process."""
    (port,) = choose_ports(None)
    token = tmp_path / "token"
    command = [BIN / "gunicorn", "-k", "asgi", "-b", f"127.0.0.1:{port}", "--control-socket", str(tmp_path / "ctl")]
    environment = {**os.environ, "TOKEN_FILE": str(token), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([*command, "tests.gateway.notes_app:make()"], env=environment, cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    assert wait_until(lambda: _answers(address), seconds=30)
    yield address, token.read_text()
    process.terminate()
    process.wait(20)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz").status_code == 200
    except httpx.TransportError:
        return False


def test_the_conventions_survive_generated_requests(served: tuple[str, str], tmp_path: Path) -> None:
    address, token = served
    command = [BIN / "schemathesis", "run", f"{address}/openapi.json", "--mode", "all", "--max-examples", "10"]
    options = ["--phases", "examples,coverage,fuzzing", "--no-color", "--checks", CHECKS, "--seed", "370211"]
    header = ["-H", f"Authorization: Bearer {token}"]
    reply = subprocess.run(
        [*command, *options, *header], capture_output=True, text=True, check=False, timeout=240, cwd=tmp_path
    )
    assert reply.returncode == 0, reply.stdout[-8000:]
