"""One short pass on processes alone, each class of fault once: the tests', and the mutation controls'.

It needs no server of its own: it kills only what it started, so it runs on the broker and database of the tests.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from chassis.runtime.client import RpcClient
from tests.faults import poison, rest
from tests.faults.crashes import Crashes
from tests.faults.load import Load
from tests.faults.pair.mutations import MUTATIONS
from tests.faults.trouble import Trouble
from tests.faults.verdict import Verdict
from tests.faults.wire import CommitCutter
from tests.faults.world import ROLES, World

# What each mutation must be caught at; the same pass without a mutation must be clean.
CAUGHT_AT: dict[str, str] = {
    "inbox_off": "doubled",
    "ack_first": "lost",
    "stock_decode": "poison_lost",
    "mandatory_off": "lost",
    "lease_endless": "job_stuck",
    "job_marked_first": "job_lost",
    "fence_off": "job_doubled",
    "timer_marked_first": "timer_lost",
    "turn_marked_last": "turn_doubled",
}
BUS_PLAN = {"back serve": ["event.after_effect:1", "event.after_commit:1"]}
CLOCK_PLANS: dict[str, dict[str, list[str]]] = {  # controls that need nothing of the bus
    "lease_endless": {"front jobs": ["job.before_commit:2"]},
    "job_marked_first": {"front jobs": ["job.before_commit:2"]},
    "fence_off": {},
    "timer_marked_first": {"front serve": ["timer.after_effect:2"]},
    "turn_marked_last": {"front serve": ["every.after_commit:2"]},
}


class ShortPass:
    """Load, crash points, every poison, a lost binding and a shuffled triple delivery; then the verdict.

    One replica of each, but two processes for jobs: one may take over what another began.
    """

    def __init__(self, folder: Path, *, amqp_uri: str, database_url: str, mutation: str = "", seed: int = 7) -> None:
        self.rng = random.Random(seed)
        cutter = CommitCutter(database_url)
        urls = {"front-serve-1": cutter.url, "back-serve-1": cutter.url}
        self.world = World(
            folder,
            amqp_uri=amqp_uri,
            database_url=database_url,
            replicas=1,
            relays=1,
            mutation=mutation,
            database_urls=urls,
        )
        self.cutter = cutter
        tallies = [f"short-{number}" for number in range(8)]
        self.load = Load(self.world, tallies=tallies, rng=self.rng, clients=3, pace=0.1)
        self.trouble = Trouble(self.world, None, cutter, self.load, self.rng)

    def play(
        self, points: dict[str, list[str]], *, settle_seconds: float = 30, bus: bool = True, stalled: bool = False
    ) -> Verdict:
        """``points``: crash points by kind of process, as :func:`tests.faults.crashes.draw` makes them.

        ``bus``: with what goes wrong on it; ``stalled``: a job's process stands still for longer than its lease.
        """
        self.world.start()
        self.load.start()
        crashes = Crashes(self.world, points, self.rng, self.trouble.feed)
        crashes.start()
        client = RpcClient(self.world.amqp_uri)
        if bus:
            self._trouble_the_bus(client)
        if stalled:
            self.trouble.job_stall(client)
        client.close()
        crashes.join(60)
        self.missed = crashes.missed
        self.load.stop(seconds=30)
        return rest.settle(self.world, self.load.ledger, self.trouble.poison, seconds=settle_seconds)

    def _trouble_the_bus(self, client: RpcClient) -> None:
        self.trouble.shuffled(client, "shuffled", tallies=2, events=3)
        for kind in poison.KINDS:
            for role in ROLES:
                poison.inject(self.world, self.trouble.poison, kind, role)
        self.trouble.commit_cut(2)
        self.trouble.missing_binding()

    def replay(self) -> Verdict:
        rest.replay_parked(self.world)
        rest.replay_applied(self.world)
        return rest.settle(self.world, self.load.ledger, self.trouble.poison, seconds=30)

    def hits(self) -> Counter[str]:
        return self.world.hits()

    def close(self) -> None:
        self.load.stop(seconds=0)
        self.world.close()
        self.cutter.close()


def control_plan(name: str = "") -> dict[str, list[str]]:
    """The crash points of a control; without a name those of all of them."""
    plans = [CLOCK_PLANS.get(name, BUS_PLAN)] if name else [BUS_PLAN, *CLOCK_PLANS.values()]
    found: dict[str, list[str]] = {}
    for plan in plans:
        for kind, points in plan.items():
            found[kind] = [*found.get(kind, []), *points]
    return found


def controls(
    folder: Path, *, amqp_uri: str, database_url: str, names: Iterable[str] = MUTATIONS
) -> dict[str, dict[str, object]]:
    """Each mutation in turn: whether it was caught at what it must be caught at, and what else it broke."""
    found: dict[str, dict[str, object]] = {}
    for name in names:
        one = ShortPass(folder / name, amqp_uri=amqp_uri, database_url=database_url, mutation=name)
        try:
            bus = name not in CLOCK_PLANS
            verdict = one.play(control_plan(name), settle_seconds=12, bus=bus, stalled=name == "fence_off")
        finally:
            one.close()
        found[name] = {"caught": verdict.violations[CAUGHT_AT[name]] > 0, "violations": dict(verdict.violations)}
    return found
