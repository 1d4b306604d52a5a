"""schemathesis over every route of the running district, positive and negative cases: no 5xx, nothing undocumented."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.pilot.stage import Stage

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "")
FEW = {"bureau": "2"}  # for the others, whom most routes refuse, one of each kind
LIVE = ("/v1/events", "/v1/settlement", "/v1/clock/advance")
"""Routes that answer for minutes by design, or move everybody's clock."""


@pytest.mark.parametrize("key", ["bureau", "staff", "cso-1"])
def test_no_route_answers_5xx_or_an_undocumented_status(stage: Stage, key: str, tmp_path: Path) -> None:
    session = stage.people[key]
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        *("run", f"{session.url}/openapi.json", "--checks", CHECKS, "--mode", "all"),
        *("--phases", "coverage,fuzzing" if EXAMPLES else "fuzzing", "-n", EXAMPLES or FEW.get(key, "1")),
        *("--workers", "4"),
        *("--seed", "7", "--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure"),
        *("--generation-database", "none", "-H", f"Authorization: Bearer {session.bearer()}"),
        *(word for path in LIVE for word in ("--exclude-path", path)),
    ]
    done = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
