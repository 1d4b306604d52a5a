"""A few hundred service orders on random walks with faults; ``./run bench orders`` walks ten thousand."""

from __future__ import annotations

import pytest

from bench.order_walk import Walk
from tests import kit

ORDERS = 40


@pytest.fixture(autouse=True)
def demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")


@pytest.mark.parametrize(("seed", "threads"), [(1, 1), (2, 3)])
def test_no_order_is_lost_held_twice_or_stuck_past_its_clock(seed: int, threads: int) -> None:
    engine = kit.database("projects")
    kit.empty(engine)
    walk = Walk(engine, seed=seed, orders=ORDERS, threads=threads)
    walk.run(rounds=10)
    assert sum(walk.statuses().values()) == ORDERS
    assert walk.did["died before the commit"] > 10
    assert walk.did["timers that failed"] > 0
    assert walk.did["timers run again"] > 0
    assert {"sealed", "cancelled"} <= set(walk.statuses())
