"""Operating-system facts: who is a pid, is it alive, ending it, free ports, small JSON files."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Known:
    """A process as recorded. A pid alone is re-used by the system; with the start time it names one process."""

    pid: int
    started: str

    def alive(self) -> bool:
        return birth(self.pid) == self.started

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def birth(pid: int) -> str | None:
    """When the process started, in the system's own words; None for an absent or ended (zombie) process."""
    if Path("/proc/self/stat").exists():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def recognise(pid: int) -> Known | None:
    started = birth(pid)
    return Known(pid=pid, started=started) if started else None


def known_from(record: object) -> Known | None:
    if isinstance(record, dict) and isinstance(record.get("pid"), int) and record.get("started"):
        return Known(pid=record["pid"], started=str(record["started"]))
    return None


def resident_mib(pid: int) -> float:
    """Resident memory in MiB, 0 when the process is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, ValueError, IndexError):
        found = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return int(found.stdout.strip() or 0) / 1024


def proportional_mib(pid: int) -> float:
    """Memory in MiB with shared pages divided among their users; resident memory where that is not told."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return resident_mib(pid)


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def family_mib(pid: int, *, measure: Callable[[int], float] = resident_mib) -> float:
    """Of a process and its descendants: a gateway is a master and its workers."""
    return measure(pid) + sum(family_mib(child, measure=measure) for child in children(pid))


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.1) -> bool:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(every)
    return condition()


def send(known: Known, number: int, *, group: bool = False) -> None:
    """Signals exactly the recorded process; a pid that was given to somebody else is left alone."""
    if not known.alive():
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if group and os.getpgid(known.pid) == known.pid:
            os.killpg(known.pid, number)
        else:
            os.kill(known.pid, number)


def end(known: Known, *, seconds: float, first: int = signal.SIGTERM) -> None:
    """Asks, waits, then kills. Returns when the process is gone."""
    send(known, first)
    if wait_until(lambda: not known.alive(), seconds=seconds):
        return
    send(known, signal.SIGKILL, group=True)
    wait_until(lambda: not known.alive(), seconds=5)


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def choose_ports(*wished: int | None) -> list[int]:
    """One free loopback port per wish, the wished one where it is free; all different."""
    chosen: list[int] = []
    with contextlib.ExitStack() as held:
        for wish in wished:
            if wish and wish not in chosen and port_is_free(wish):
                chosen.append(wish)
                continue
            probe = held.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            chosen.append(probe.getsockname()[1])
    return chosen


def read_json(path: Path) -> dict[str, Any]:
    """The file's object, or {} when it is absent or was cut short."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Atomic, and private: these files hold pids and, for the servers, passwords."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
    draft.replace(path)


def last_lines(path: Path, *, count: int) -> list[str]:
    """The end of a log, read from its last 64 KiB."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 65536))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except OSError:
        return []
