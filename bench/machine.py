"""Where and with what a figure was measured: printed with every result."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

LIBRARIES = (
    "nameko",
    "kombu",
    "amqp",
    "eventlet",
    "SQLAlchemy",
    "psycopg2-binary",
    "asyncpg",
    "falcon",
    "gunicorn",
    "uvloop",
    "pamqp",
)


def resident_mib(pid: int) -> float:
    """Memory of a process that is in use (VmRSS)."""
    return _status_mib(pid, "VmRSS")


def peak_mib(pid: int) -> float:
    """The most it had in use since it began, or since :func:`forget_peak` (VmHWM)."""
    return _status_mib(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """What it has in use now is the most from here on (proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _status_mib(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def memory_gib() -> float:
    """Physical memory of the machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def processor() -> str:
    """The processor's name as the kernel tells it, or the architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def describe() -> list[str]:
    """Lines for the head of a report."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return [
        f"{os.cpu_count()} cores ({processor()}), {memory_gib():.0f} GiB, {platform.system()} {platform.release()}",
        "load average before: " + " ".join(f"{value:.1f}" for value in os.getloadavg()),
        f"Python {platform.python_version()}; {libraries}",
    ]
