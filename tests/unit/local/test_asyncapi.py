"""The parser's step of ./run check, where Node is on the machine."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.local import asyncapi, checks
from deploy.local.checks import Check
from deploy.local.layout import district_layout


def test_without_node_the_step_says_that_it_was_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert asyncapi.main() == checks.SKIPPED
    assert "Skipped" in capsys.readouterr().out


def test_a_skipped_step_is_loud_and_a_failed_one_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.run(Check(name="one", command=("sh", "-c", f"echo no node; exit {checks.SKIPPED}")))
    assert not checks.run(Check(name="two", command=("sh", "-c", "echo broken; exit 1")))
    said = capsys.readouterr().out
    assert "SKIP one" in said
    assert "no node" in said
    assert "FAIL two" in said


@pytest.mark.skipif(not shutil.which("npm"), reason="no Node.js here")
def test_the_parser_refuses_a_document_with_a_dangling_message(tmp_path: Path) -> None:
    folder = district_layout().var / "asyncapi"
    if problem := asyncapi.installed(folder):
        pytest.skip(problem)
    good = asyncapi.written(tmp_path)
    document = json.loads(good.read_text())
    del document["components"]["messages"]["proposal_submitted"]
    (tmp_path / "broken.json").write_text(json.dumps(document))
    for file, code in ((good, 0), (tmp_path / "broken.json", 1)):
        done = subprocess.run(["node", asyncapi.SCRIPT, folder, file], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
