"""A worker of the gateway listens once it reaches the bus, and does not wait for ever."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest

from gateway import app
from gateway.app import Lifespan


class Bus:
    """Connected from the given moment on."""

    def __init__(self, after: float) -> None:
        self._at = time.monotonic() + after

    @property
    def connected(self) -> bool:
        return time.monotonic() >= self._at


def started(bus: Bus) -> bool:
    """Starts the app's lifespan; whether the bus was reached by then."""
    deps: Any = SimpleNamespace(opens=(), closes=(), rpc=bus)
    asyncio.run(Lifespan(deps).process_startup(None, None))
    return bus.connected


def test_a_new_worker_waits_for_the_bus() -> None:
    """Else it would refuse what its forerunner can still serve."""
    assert started(Bus(after=0.2))


def test_without_a_broker_it_listens_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """And answers 503 until there is one."""
    monkeypatch.setattr(app, "BUS_SECONDS", 0.1)
    assert not started(Bus(after=60))
