"""``--profile FOLDER``: samples the Python processes of a cell while it is played (py-spy), ranks functions.

A profiled run is for finding out where time goes; its rates are not figures.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

CLASSES = ("front", "service")
RATE = 200
TOP = 12


class Profiler:
    """One file of collapsed stacks (flame graphs are drawn from such) for each cell and class of process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[Path] = []
        folder.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, watch: Mapping[str, list[int]], *, seconds: float) -> list[subprocess.Popen[bytes]]:
        """Sampling begins now and ends by itself; a gunicorn's workers are sampled with their master."""
        tool = str(Path(sys.executable).with_name("py-spy"))
        running = []
        for each in CLASSES:
            for pid in watch.get(each, [])[:1]:
                file = self._folder / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}-{each}.txt"
                options = ("-d", str(max(round(seconds), 1)), "-r", str(RATE), "--function", "--subprocesses")
                command = (tool, "record", "-p", str(pid), *options, "-f", "raw", "-o", str(file))
                running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
                self._made.append(file)
        return running

    def print_markdown(self) -> None:
        """The functions that ran, by their own samples."""
        for file in dict.fromkeys(self._made):
            if file.exists():
                print(f"\n#### {file.stem}\n\n| own time | function |\n|--:|---|")
                print("\n".join(f"| {share:.1%} | {name} |" for name, share in ranked(file.read_text())[:TOP]))


def ranked(stacks: str) -> list[tuple[str, float]]:
    """``[(function, share of all samples)]`` from collapsed stacks (``outer;inner count`` a line), highest first."""
    own: Counter[str] = Counter()
    for line in stacks.splitlines():
        path, _, count = line.rpartition(" ")
        own[path.rpartition(";")[2]] += int(count)
    total = sum(own.values()) or 1
    return [(name, count / total) for name, count in own.most_common()]
