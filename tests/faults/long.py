"""The full lengths, once an invocation: a broker away for 20 and 120 s, SIGSTOP for 90 s, a handler that burns 15 s."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chassis.runtime.client import RpcClient
from tests.faults import rest
from tests.faults.load import Load
from tests.faults.servers import Servers, say
from tests.faults.trouble import Trouble
from tests.faults.wire import CommitCutter
from tests.faults.world import World

HOG_SECONDS = 15.0  # three heartbeats


def play(servers: Servers, folder: Path, seed: int) -> dict[str, Any]:
    """The figures of a world of its own.

    A process that stands still for 90 s may hold a row that others want; they give a statement up after 30 s and try
    again. With one retry, as in the rounds, that would be parked: so three here (production: five).
    """
    world = World(folder, amqp_uri=servers.amqp_uri, database_url=servers.database_url, EVENT_RETRY_LIMIT="3")
    cutter = CommitCutter(servers.database_url)
    rng = random.Random(seed)
    load = Load(world, tallies=[f"long-{one}" for one in range(12)], rng=rng, moods=("ok",))
    trouble = Trouble(world, servers, cutter, load, rng)
    began = time.monotonic()
    try:
        world.start()
        load.start()
        _work(trouble)
        load.stop(seconds=120)
        verdict = rest.settle(world, load.ledger, trouble.poison, seconds=180)
        found = Counter(verdict.violations)
        found["died_by_itself"] = sum(not death.point and not death.told for death in world.deaths)
        found["error_instead_of_unavailable"] = sum(load.errors.values())
    finally:
        load.stop(seconds=0)
        world.close()
        cutter.close()
    return {
        "events": verdict.events,
        "lost": verdict.lost,
        "doubled": verdict.doubled,
        "violations": dict(+found),
        "examples": dict(verdict.examples),
        "troubles": trouble.ledger.read(),
        "seconds": round(time.monotonic() - began, 1),
    }


def _work(trouble: Trouble) -> None:
    client = RpcClient(trouble.world.amqp_uri)
    acts: list[tuple[str, Callable[[], None]]] = [
        ("broker_away 20 s", lambda: trouble.broker_away(20)),
        ("hog 15 s", lambda: trouble.hog(client, HOG_SECONDS)),
        ("stall 90 s", lambda: trouble.stall(90)),
        ("broker_away 120 s", lambda: trouble.broker_away(120)),
    ]
    for name, act in acts:
        say(f"  {name}")
        act()
    client.close()
