"""``./run bench roadshow``: 60 pitches before 12 judges on 3 days, planned, planned again, and impossible.

No server is needed. Each case is solved by one worker with a fixed seed; the exit code is 1 where a schedule is not
proved optimal or breaks a rule.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

from bench import machine
from bench.options import Options
from bench.report import commit
from bench.roadshow_case import district
from services.projects.planning import checking, conflict_set, scheduling
from services.projects.planning.domain import Instance, Timetable
from services.projects.planning.scheduling import OPTIMAL, Answer, Effort

SIZES = {"pitches": 60, "judges": 12, "days": 3}
PANELS = (3, 5)


def main(options: Options) -> int:
    seeds = [options.seed + number for number in range(options.runs_or(3))]
    rows = [row for needed in PANELS for seed in seeds for row in _rows(seed, needed)]
    _print(rows)
    if options.json_file:
        found = {
            "bench": "roadshow",
            "commit": commit(),
            "machine": [*machine.describe(), f"ortools {version('ortools')}, 1 worker"],
            "sizes": SIZES,
            "rows": rows,
        }
        Path(options.json_file).write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0 if all(row["ok"] for row in rows) else 1


def _rows(seed: int, needed: int) -> Iterator[dict[str, Any]]:
    """Fresh; with a judge ill in the fullest session; and with rooms closed until there are too few places."""
    made, effort = district(seed, needed=needed, **SIZES), Effort(seed=seed)
    about = {"seed": seed, "panel": needed}
    found = scheduling.solve(made, effort=effort)
    yield {**about, "case": "fresh", **_told(made, found)}
    if found.table is None:
        return
    changed = _ill(made, found.table)
    again = scheduling.solve(changed, effort=effort, before=found.table)
    yield {**about, "case": "replanned", **_told(changed, again)}
    closures = tuple((each.room, each.span) for each in made.sessions[4:])
    started = monotonic()
    why = conflict_set.conflict_set(replace(made, closures=closures))
    kinds = [item.kind for item in why.requirements]
    goals = {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
    yield {
        **about,
        "case": "impossible",
        "status": "minimal" if why.minimal else "not minimal",
        "seconds": round(monotonic() - started, 2),
        "goals": goals,
        "ok": why.minimal,
    }


def _ill(made: Instance, table: Timetable) -> Instance:
    fullest = max(table.panels, key=lambda name: (len(table.entries_of(name)), name))
    ill = min(table.panels[fullest])
    span = made.session[fullest].span
    judges = (replace(each, absences=(*each.absences, span)) if each.id == ill else each for each in made.judges)
    return replace(made, judges=tuple(judges))


def _told(made: Instance, found: Answer) -> dict[str, Any]:
    broken = checking.violations(made, found.table) if found.table else []
    return {
        "status": found.status,
        "seconds": round(found.seconds, 2),
        "goals": {goal.name: {"value": goal.value, "bound": goal.bound} for goal in found.goals},
        "ok": found.status == OPTIMAL and not broken,
    }


def _print(rows: list[dict[str, Any]]) -> None:
    print("### ./run bench roadshow\n")
    print("\n".join(f"- {line}" for line in machine.describe()))
    print(f"- ortools {version('ortools')}, 1 worker; " + ", ".join(f"{n} {name}" for name, n in SIZES.items()))
    print("\n| case | panel | seed | status | seconds | value (bound) of each goal, or what collides |")
    print("|---|--:|--:|---|--:|---|")
    for row in rows:
        goals = ", ".join(f"{name} {_figure(value)}" for name, value in row["goals"].items())
        print(f"| {row['case']} | {row['panel']} | {row['seed']} | {row['status']} | {row['seconds']:.2f} | {goals} |")


def _figure(value: Any) -> str:
    return f"{value['value']} ({value['bound']})" if isinstance(value, dict) else str(value)
