"""The measured window of a cell: after the warm-up, before the end, in whole."""

from __future__ import annotations

import asyncio
import os
import time
from array import array
from collections.abc import Callable
from typing import Any

from bench import cpu


class Window:
    """Collects latencies while it is open; what begins or ends outside does not count."""

    def __init__(self) -> None:
        self.open = False
        self.closed = False
        self.seen = 0
        self.errors = 0
        self.first_error = ""
        self._latencies = array("d")

    def add(self, seconds: float) -> None:
        self.seen += 1
        if self.open:
            self._latencies.append(seconds)

    def fail(self, about: str) -> None:
        """An answer that is not the one asked for: never part of the rate."""
        self.errors += 1
        self.first_error = self.first_error or about[:300]

    def summary(self, elapsed: float) -> dict[str, Any]:
        """Rate per second and latencies in milliseconds."""
        found = sorted(self._latencies)
        return {
            "requests": len(found),
            "seconds": round(elapsed, 3),
            "rate": len(found) / elapsed,
            "errors": self.errors,
            "first_error": self.first_error,
            **{f"p{percent}_ms": percentile(found, percent) * 1e3 for percent in (50, 95, 99)},
            "max_ms": found[-1] * 1e3 if found else 0.0,
        }


def percentile(ordered: list[float], percent: float) -> float:
    """Nearest rank; 0 of nothing."""
    if not ordered:
        return 0.0
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]


async def settled(condition: Callable[[], bool], *, seconds: float = 15.0) -> None:
    """The last replies have come, so that the next cell meets an idle server."""
    limit = time.perf_counter() + seconds
    while not condition() and time.perf_counter() < limit:
        await asyncio.sleep(0.01)


async def measured(job: dict[str, Any], window: Window) -> dict[str, Any]:
    """Warm up, open, wait, close. ``watch`` names the pids whose CPU is read at both ends.

    The warm-up takes ``warm`` seconds, and longer until ``warm_requests`` were answered: a working set once round.
    """
    watch = job.get("watch") or {}
    await asyncio.sleep(job["warm"])
    await settled(lambda: window.seen >= job.get("warm_requests", 0))
    before, own, busy, began = cpu.snapshot(watch), time.process_time(), cpu.machine_busy(), time.perf_counter()
    window.open = True
    await asyncio.sleep(job["seconds"])
    window.open, window.closed = False, True
    elapsed, own, after = time.perf_counter() - began, time.process_time() - own, cpu.snapshot(watch)
    known = own + sum(after.values()) - sum(before.values())
    found = window.summary(elapsed)
    found["elsewhere"] = max(cpu.machine_busy() - busy - known, 0.0) / (elapsed * (os.cpu_count() or 1))
    found["cpu_us"] = cpu.spent(before, after, requests=found["requests"])
    found["cpu_us"]["load"] = own * 1e6 / max(found["requests"], 1)
    return found
