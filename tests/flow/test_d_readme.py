"""The README's tour with curl, run as it stands."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_tour_with_curl_runs_as_written(district: dict[str, str]) -> None:
    tour = (ROOT / "README.md").read_text().partition("## A tour with curl")[2]
    block = re.search(r"```sh\n(.*?)```", tour, re.DOTALL)
    assert block is not None
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block[1]],
        cwd=ROOT,
        env=district,
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    organisations = re.findall(r"\borg_[0-9a-z]{26}$", done.stdout, re.MULTILINE)
    assert len(organisations) == 2
    assert len(set(organisations)) == 1
    assert "request_invalid" in done.stdout
