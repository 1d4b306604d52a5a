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
