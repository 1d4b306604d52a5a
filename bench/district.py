"""``./run bench district``: resident memory per process and seconds per start phase of the running district."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench import machine
from bench.options import Options
from deploy.local import control
from deploy.local.layout import district_layout
from deploy.local.report import PHASES


def measure() -> dict[str, Any]:
    """Ask the running district's supervisor; raises :class:`deploy.local.control.NotRunningError`."""
    state = control.ask_once(district_layout().control, {"command": "status"})
    processes = [{"process": row["name"], "rss_mib": row.get("rss_mib", 0)} for row in state["processes"]]
    return {"machine": machine.describe(), "phases": state["phases"], "processes": processes}


def print_markdown(measured: dict[str, Any]) -> None:
    """The tables of docs/performance.md."""
    print("\n".join(measured["machine"]), "\n")
    print("| phase | seconds |\n|---|---|")
    for name, label in PHASES.items():
        if name in measured["phases"]:
            print(f"| {label.strip()} | {measured['phases'][name]:.1f} |")
    print("\n| process | resident MiB |\n|---|---|")
    for row in measured["processes"]:
        print(f"| {row['process']} | {row['rss_mib']:.0f} |")
    print(f"| total | {sum(row['rss_mib'] for row in measured['processes']):.0f} |")


def main(options: Options) -> int:
    """Print the tables; with a file, write the rows as JSON besides."""
    try:
        measured = measure()
    except (control.NotRunningError, TimeoutError):
        print("The district is not running. Start it: ./run up --detach")
        return 3
    print_markdown(measured)
    if options.json_file:
        Path(options.json_file).write_text(json.dumps(measured, ensure_ascii=False, indent=2))
    return 0
