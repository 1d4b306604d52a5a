"""Logs of the supervised processes: rotation by size, reading the end, following."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from deploy.local.processes import last_lines

ROTATE_BYTES = 10 * 2**20
KEPT = 3


def rotate(log: Path, *, limit: int = ROTATE_BYTES, kept: int = KEPT) -> bool:
    """Copies a log that grew too big and truncates it; its writers hold it open for appending and go on."""
    try:
        if log.stat().st_size < limit:
            return False
    except OSError:
        return False
    for number in range(kept - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    with log.open("r+b") as file:
        file.truncate(0)
    return True


def chosen(folder: Path, *, process: str | None) -> list[Path]:
    """The logs of one process with its replicas, or all of them."""
    logs = sorted(folder.glob("*.log"), key=lambda log: log.stem)
    if process is None:
        return logs
    return [log for log in logs if log.stem == process or log.stem.startswith(f"{process}.")]


def printed(log: Path, line: str, *, several: bool) -> str:
    return f"{log.stem:>18} │ {line}" if several else line


def tail(logs: list[Path], *, count: int) -> Iterator[str]:
    for log in logs:
        for line in last_lines(log, count=count):
            yield printed(log, line, several=len(logs) > 1)


def follow(logs: list[Path], *, every: float = 0.3) -> Iterator[str]:
    """New lines as they come, for ever; a truncated (rotated) log is read from its beginning."""
    offsets = {log: log.stat().st_size for log in logs}
    while True:
        for log, offset in offsets.items():
            size = log.stat().st_size
            start = offset if size >= offset else 0
            with log.open("rb") as file:
                file.seek(start)
                text = file.read()
            whole = text[: text.rfind(b"\n") + 1]
            offsets[log] = start + len(whole)
            for line in whole.decode(errors="replace").splitlines():
                yield printed(log, line, several=len(logs) > 1)
        time.sleep(every)
