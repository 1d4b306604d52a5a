"""schemathesis over every route of the running district, positive and negative cases: no 5xx, nothing undocumented."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.pilot.stage import Stage

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "")
FEW = {"bureau": "2", "staff": "1", "cso-1": "1"}  # most routes refuse the others, who send one of each kind
LIVE = ("/v1/events", "/v1/settlement", "/v1/clock/advance")
"""Routes that answer for minutes by design, or move everybody's clock."""


def command(stage: Stage, key: str) -> list[str]:
    session = stage.people[key]
    return [
        str(Path(sys.executable).with_name("schemathesis")),
        *("run", f"{session.url}/openapi.json", "--checks", CHECKS, "--mode", "all"),
        *("--phases", "coverage,fuzzing" if EXAMPLES else "fuzzing", "-n", EXAMPLES or FEW[key]),
        *("--workers", "4", "--request-timeout", "60"),
        *("--seed", "7", "--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure"),
        *("--generation-database", "none", "-H", f"Authorization: Bearer {session.bearer()}"),
        *(word for path in LIVE for word in ("--exclude-path", path)),
    ]


@pytest.fixture(scope="module")
def fuzzers(
    stage: Stage, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[subprocess.Popen[bytes], Path]]]:
    """Everybody's run, side by side, and the file that each writes its report to."""
    started = {}
    for key in FEW:
        folder = tmp_path_factory.mktemp(f"fuzz_{key}")
        report = folder / "report.txt"
        with report.open("wb") as out:
            process = subprocess.Popen(command(stage, key), cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        started[key] = (process, report)
    yield started
    for process, _report in started.values():
        process.kill()
        process.wait()


@pytest.mark.parametrize("key", FEW)
def test_no_route_answers_5xx_or_an_undocumented_status(
    fuzzers: dict[str, tuple[subprocess.Popen[bytes], Path]], key: str
) -> None:
    process, report = fuzzers[key]
    code = process.wait(timeout=900)
    assert code == 0, report.read_text(errors="replace")[-10_000:]
