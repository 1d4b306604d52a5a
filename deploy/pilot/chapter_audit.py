"""The decision recomputed without the server: ``./run decide`` says equal of the audit bundle, not of a forged one."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from deploy.local.layout import ROOT
from deploy.pilot.stage import Stage


def recompute_decision(stage: Stage, folder: Path) -> None:
    """The bundle as anybody may download it."""
    with stage.chapter("复算：审计包离线复核 · the decision recomputed offline"):
        resident = stage.people["resident-0"]
        bundle = resident.get(f"/v1/rounds/{stage.made['round_id']}/audit-bundle")
        path = folder / "audit-bundle.json"
        code, report = _decide(path, bundle)
        stage.checks.true("审计包复算一致 the bundle recomputes", code == 0 and bool(report.get("equal")), len(bundle))
        awards = stage.people["bureau"].every("/v1/awards", round_id=stage.made["round_id"])
        awarded = {award["proposal_id"] for award in awards}
        stage.checks.equal("复算的入选即立项 recomputed = awarded", set(report.get("selected", ())), awarded)
        forged = copy.deepcopy(bundle)
        forged["inputs"]["candidates"][0]["judge_score"] = "0"
        code, report = _decide(folder / "audit-bundle-forged.json", forged)
        stage.checks.true(
            "篡改的审计包可被指出 a forged bundle is not equal", code == 1 and not report.get("equal"), code
        )
    stage.tell("审计包 audit bundle", f"{path} （./run decide {path.name}）")


def _decide(path: Path, bundle: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """What ``./run decide FILE --json`` answers."""
    path.write_text(json.dumps(bundle, ensure_ascii=False, indent=1), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "services.projects.allocation.decide", str(path.resolve()), "--json"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {}
