"""CPU time of processes as the kernel accounts it (utime + stime of /proc/<pid>/stat, in clock ticks)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.local.processes import children

_TICKS = os.sysconf("SC_CLK_TCK")
Watched = Mapping[str, Iterable[int]]


def seconds(pid: int) -> float:
    """Of a process, its descendants and those of them that ended and were waited for; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    own = sum(int(field) for field in fields[11:15]) / _TICKS
    return own + sum(seconds(child) for child in children(pid))


def snapshot(watched: Watched) -> dict[str, float]:
    """Seconds of CPU so far, by class of process: ``{"service": [pid, …]}``."""
    return {name: sum(seconds(pid) for pid in pids) for name, pids in watched.items()}


def machine_busy() -> float:
    """CPU seconds of everything that has run here, ours or not, time the hypervisor took included; 0 without /proc."""
    try:
        fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    except OSError:
        return 0.0
    return (sum(fields) - fields[3] - fields[4]) / _TICKS


def spent(before: Mapping[str, float], after: Mapping[str, float], *, requests: int) -> dict[str, float]:
    """Microseconds a request between two snapshots, by class."""
    return {name: max(after[name] - before[name], 0.0) * 1e6 / max(requests, 1) for name in before}
