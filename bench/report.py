"""Markdown for docs/performance.md on stdout, rows as JSON in a file."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.cells import FIGURES, Ratio, Row
from deploy.local.layout import ROOT


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that a bench has to say: where, with what, the rows, the ratios."""

    bench: str
    machine: list[str]
    sizes: dict[str, Any]
    rows: Sequence[Row]
    ratios: Sequence[Ratio]
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "bench": self.bench,
            "commit": commit(),
            "machine": self.machine,
            "sizes": self.sizes,
            "rows": [row.as_json() for row in self.rows],
            "ratios": [ratio.as_json() for ratio in self.ratios],
            "notes": self.notes,
        }

    def print_markdown(self) -> None:
        print(f"### ./run bench {self.bench}\n")
        print("\n".join(f"- {line}" for line in self.machine))
        print("- " + ", ".join(f"{name} {value}" for name, value in self.sizes.items()))
        print("\n".join(f"- {note}" for note in self.notes))
        print("\n" + table(self.rows))
        if self.ratios:
            print("\n" + ratios_table(self.ratios))

    def deliver(self, json_file: str | None) -> int:
        """Exit code 1 where an answer was not the one asked for: such figures are no figures."""
        self.print_markdown()
        if json_file:
            Path(json_file).write_text(json.dumps(self.as_json(), ensure_ascii=False, indent=1) + "\n")
        return 1 if any(row.errors for row in self.rows) else 0


def table(rows: Sequence[Row]) -> str:
    """One line a row; CPU classes as columns, in µs a request; ``total`` is without the load's own, ``elsewhere`` the
    share of the machine that went to neither contestant nor load."""
    classes = list({name: None for row in rows for name in row.cpu()})
    head = ["what", "callers", "contestant", "per s", "p50 ms", "p95 ms", "p99 ms"]
    head += [f"{name} µs" for name in classes] + ["total µs", "elsewhere", "errors"]
    lines = ["| " + " | ".join(head) + " |", "|---|--:|---|" + "--:|" * (len(head) - 3)]
    for row in rows:
        rates = [found["rate"] for found in row.rounds]
        spread = f"{row.median('rate'):.0f}" + (f" ({min(rates):.0f}–{max(rates):.0f})" if rates[1:] else "")
        times = [f"{row.median(name):.2f}" if name in row.rounds[0] else "" for name in FIGURES[1:]]
        cpu = row.cpu()
        total = sum(value for name, value in cpu.items() if name != "load")
        costs = [f"{cpu[name]:.0f}" if name in cpu else "" for name in classes]
        elsewhere = "" if row.elsewhere is None else f"{row.elsewhere:.0%}"
        cells = [row.what, str(row.callers), row.contestant, spread, *times, *costs, f"{total:.0f}"]
        lines.append("| " + " | ".join([*cells, elsewhere, str(row.errors)]) + " |")
    return "\n".join(lines)


def ratios_table(ratios: Sequence[Ratio]) -> str:
    """Of medians; a goal where issue 3 names one."""
    lines = ["| what | callers | ratio | of | to | value | goal |", "|---|--:|---|---|---|--:|---|"]
    lines += [
        f"| {each.what} | {each.callers} | {each.figure} | {each.of} | {each.to} | {each.value:.2f} | {each.goal} |"
        for each in ratios
    ]
    return "\n".join(lines)


def commit() -> str:
    """Of the tree that was measured; ``+`` where it had changes."""
    command = ["git", "describe", "--always", "--dirty=+", "--abbrev=12"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "?"
