"""The trail: an entry for every step, receipts that verify offline, and a tampered receipt that does not."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

from deploy.pilot.stage import Stage


def verify_trail(stage: Stage, folder: Path) -> None:
    """Receipts of one order, one project and the round, verified without the server."""
    bureau = stage.people["bureau"]
    kinds = ("round_id", "activity_id", "community_project_id")
    subjects = [stage.made["orders"][0], stage.made["projects"][0], stage.made["case_ids"][0]]
    subjects += [stage.made[kind] for kind in kinds]
    with stage.chapter("留痕：回执离线核验 · receipts verified offline"):
        stage.settle()
        steps = {subject: list(bureau.every("/v1/trail/entries", subject=subject)) for subject in subjects}
        receipts = [bureau.get("/v1/trail/receipt", index=steps[subject][0]["index"]) for subject in subjects]
        for subject, entries in steps.items():
            versions = sorted(entry["subject_version"] for entry in entries)
            stage.checks.true(
                f"留痕无缺 gapless trail of {subject[:4]}",
                bool(versions) and versions == list(range(1, len(versions) + 1)),
                len(versions),
            )
        told = [step for subject in subjects for step in bureau.every("/v1/trail/timeline", subject=subject)]
        stage.checks.equal("每步有双语叙述且已核验 every step reads in both languages", _unread(told), [])
        path = folder / "receipt.json"
        path.write_text(json.dumps(receipts[0], ensure_ascii=False, indent=2))
        stage.checks.equal(
            "回执离线核验 receipts verify offline", [stage.verify(one) for one in receipts], [[]] * len(subjects)
        )
        found = stage.verify(_tampered(receipts[0]))
        stage.checks.true("篡改可被指出 tampering is named", bool(found), found[0] if found else "")
    head = bureau.get("/v1/trail/head")
    stage.tell("留痕条目 trail entries", head["size"])
    stage.tell("回执 receipt", f"{path} （./run verify {path.name}）")


def _unread(steps: list[dict[str, Any]]) -> list[str]:
    """Events of steps without a Chinese sentence, an English one, or a proof."""
    chinese, latin = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{3}")
    return [
        step["event"]
        for step in steps
        if not (chinese.search(step["what_zh"]) and latin.search(step["what_en"]) and step["verified"])
        or chinese.search(step["what_en"])
    ]


def _tampered(receipt: dict[str, Any]) -> dict[str, Any]:
    changed = copy.deepcopy(receipt)
    changed["entry"]["time"] = "2020-01-01T00:00:00.000000Z"
    return changed


def count_entries(stage: Stage) -> None:
    """One entry per event that the four services ever recorded."""
    states = stage.admin.get("/v1/bus")
    recorded = sum(int(state["recorded"]) for state in states.values())
    head = stage.people["bureau"].get("/v1/trail/head")
    stage.checks.equal("留痕条目数等于事件数 one entry per event", head["size"], recorded)
