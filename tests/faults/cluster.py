"""Scenario 11: three RabbitMQ nodes; the leader is killed, nodes are cut off for 10 and 30 s, under load.

``./run faults --cluster --rounds 3 --seed 7 --json FILE`` (tests/faults/cluster_report.py). Linux, as root.
"""

from __future__ import annotations

import random
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path

from deploy.local import broker
from deploy.local.layout import Layout
from deploy.local.processes import wait_until
from deploy.local.rabbit_node import RabbitNode
from deploy.local.servers import ServerError
from tests.faults import rest
from tests.faults.cluster_net import Network
from tests.faults.cluster_node import ClusterNode
from tests.faults.load import Ledger, Load
from tests.faults.verdict import Verdict
from tests.faults.world import World

WHOLE_SECONDS = 120
# What has not come back by itself by then is restarted, as an operator or a liveness probe would do it. Both happen
# with RabbitMQ 3.10 and 3.11 on Erlang from 25.1 on: a node that returns from a minority hangs in its boot
# (probably rabbitmq-server issue 6034), or a cut that ends just as it is noticed leaves a node serving on its own
# (perhaps 8110).
STUCK_SECONDS = 60
APART_SECONDS = 20
DOWN_SECONDS = (3.0, 8.0)
SHORT, LONG = 10.0, 30.0
_QUEUES = '[Q || Q <- rabbit_amqqueue:list(<<"/">>), amqqueue:get_type(Q) =:= rabbit_quorum_queue]'
_LEADERS = (
    "lists:foldl(fun(Q, M) -> {_, N} = amqqueue:get_pid(Q),"
    f" maps:update_with(N, fun(C) -> C + 1 end, 1, M) end, #{{}}, {_QUEUES})."
)
_MEMBERS = f"lists:min([length(maps:get(nodes, amqqueue:get_type_state(Q))) || Q <- {_QUEUES}])."
_RUNNING = "length(rabbit_mnesia:cluster_nodes(running))."
Restarted = dict[str, list[int]]  # why → nodes


class Cluster:
    """Nodes by number. What is asked of it is asked of any node that serves."""

    def __init__(self, layout: Layout) -> None:
        installation = broker.on_disk()
        if installation is None:
            raise ServerError(broker.ADVICE)
        self.network = Network(layout.key)
        self._epmd = RabbitNode(installation, home=layout.var / "none", log=layout.logs / "none.log").epmd() or "epmd"
        password, cookie = secrets.token_hex(16), secrets.token_hex(20)
        folder = layout.var / "nodes"
        self.nodes = {
            number: ClusterNode(installation, self.network, number, folder / str(number), password, cookie)
            for number in self.network.numbers
        }

    @property
    def amqp_uri(self) -> str:
        return ";".join(node.uri for node in self.nodes.values())

    def start(self) -> None:
        self.network.make()
        for node in self.nodes.values():
            node.prepare()
            node.start(self._epmd)
        for node in self.nodes.values():
            node.wait()
        self.recover()

    def restart(self, number: int) -> None:
        """Kills it where it still runs; does not wait for it to serve."""
        node = self.nodes[number]
        if node.alive():
            node.kill()
        node.start(self._epmd)

    def stop(self) -> None:
        for node in self.nodes.values():
            self.network.heal(node.number)
            node.stop()
        self.network.remove()

    def leaders(self) -> dict[int, int]:
        """Of how many quorum queues each node is the leader."""
        text = self._ask(_LEADERS)
        found = dict(re.findall(r"'(footprint@[\d.]+)'\s*=>\s*(\d+)", text))
        return {number: int(found.get(node.name, 0)) for number, node in self.nodes.items()}

    def members(self) -> int:
        """The fewest nodes any quorum queue is on."""
        return int(self._ask(_MEMBERS))

    def _ask(self, expression: str) -> str:
        """Of the first node that says; a machine that is busy with three of them may need a second try."""
        for node in (*self.nodes.values(), *self.nodes.values()):
            try:
                return node.ask(expression)
            except ServerError:
                time.sleep(1)
        raise ServerError("没有节点应答。 No node of the cluster answers.")

    def recover(self) -> tuple[float, Restarted]:
        """Until every node counts three running: seconds until all served, and those that had to be restarted."""
        began = time.monotonic()
        restarted: Restarted = {}
        if not wait_until(self._serving, seconds=STUCK_SECONDS, every=0.2):
            restarted["stuck"] = [number for number, node in self.nodes.items() if not node.serves()]
            self._restart_all(restarted["stuck"])
        served_after = time.monotonic() - began
        if not wait_until(self._whole, seconds=APART_SECONDS, every=0.5):
            restarted["apart"] = self._apart()
            self._restart_all(restarted["apart"])
            served_after = time.monotonic() - began
        if not wait_until(self._whole, seconds=WHOLE_SECONDS, every=0.5):
            raise ServerError(f"集群未复原。 The cluster did not become whole again: {self._views()}")
        return served_after, restarted

    def _restart_all(self, numbers: list[int]) -> None:
        for number in numbers:
            self.restart(number)
        if not wait_until(self._serving, seconds=WHOLE_SECONDS, every=0.2):
            raise ServerError(f"重启后无应答。 Nodes do not answer after their restart: {numbers}")

    def _serving(self) -> bool:
        return all(node.serves() for node in self.nodes.values())

    def _whole(self) -> bool:
        return all(count == len(self.nodes) for count in self._views().values())

    def _views(self) -> dict[int, int]:
        """How many running nodes each node counts; 0 where it does not say, for want of its tables."""
        found = {}
        for number, node in self.nodes.items():
            try:
                found[number] = int(node.ask(_RUNNING))
            except (ServerError, ValueError):
                found[number] = 0
        return found

    def _apart(self) -> list[int]:
        """Those that count the fewest: the minority of a cluster that serves in two parts."""
        views = self._views()
        return [number for number, count in views.items() if count == min(views.values()) < len(self.nodes)]


@dataclass
class Fault:
    """What was done to which node, and what was seen of it from outside."""

    round: int
    kind: str  # kill, cut_from_peers, cut_from_all
    node: int
    led: int  # quorum queues it was the leader of
    seconds: float
    began_at: float = field(default_factory=time.time)
    whole_after: float = 0.0  # seconds from its end until each of the three nodes serves
    restarted: Restarted = field(default_factory=dict)  # nodes that did not come back by themselves
    silent_seconds: float = 0.0  # the longest time in which no command was answered

    def as_json(self) -> dict[str, object]:
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in asdict(self).items()}


@dataclass
class Result:
    """One round: its faults and the verdict over all rounds so far."""

    number: int
    faults: list[Fault]
    verdict: Verdict
    replayed: int
    doubled_before_replay: int  # of the faults alone: replays go out twice on purpose
    redelivered: int  # deliveries of what had been applied before: what the inbox was there for
    seconds: float


class Round:
    """Under load: the leader is killed, a node is cut off for 10 s, the leader for 30 s, in an order of the seed."""

    def __init__(self, world: World, cluster: Cluster, number: int, seed: int) -> None:
        self.world = world
        self.cluster = cluster
        self.number = number
        self.rng = random.Random(f"{seed}-cluster-{number}")
        tallies = [f"cluster{number}-{one}" for one in range(24)]
        self.load = Load(world, tallies=tallies, rng=self.rng)
        self.faults: list[Fault] = []

    def play(self) -> Result:
        began, deaths = time.monotonic(), len(self.world.deaths)
        offset = self.world.deliveries.stat().st_size if self.world.deliveries.exists() else 0
        self.load.start()
        time.sleep(2)
        kinds = ["kill", "short", "long"]
        self.rng.shuffle(kinds)
        for kind in kinds:
            self._kill() if kind == "kill" else self._cut(SHORT if kind == "short" else LONG)
        self.load.stop()
        poison = Ledger(self.world.folder / "poison.jsonl")  # none is sent here
        doubled = rest.settle(self.world, self.load.ledger, poison, seconds=120).doubled
        redelivered = self.world.redelivered(offset)  # before the replays, which are sent twice on purpose
        replayed = rest.replay_parked(self.world)
        verdict = rest.settle(self.world, self.load.ledger, poison, seconds=120)
        rest.sicken(self.world)
        for death in self.world.deaths[deaths:]:
            verdict.wrong("died_by_itself", f"{death.slot} code {death.code}")
        for code, count in self.load.errors.items():
            verdict.wrong("error_instead_of_unavailable", f"{code}: {count}")
        seconds = time.monotonic() - began
        return Result(self.number, self.faults, verdict, replayed, doubled, redelivered, seconds)

    def _kill(self) -> None:
        leaders = self.cluster.leaders()
        victim = max(leaders, key=lambda number: leaders[number])
        with self._fault("kill", victim, leaders[victim], self.rng.uniform(*DOWN_SECONDS)) as fault:
            self.cluster.nodes[victim].kill()
            time.sleep(fault.seconds)
            self.cluster.restart(victim)

    def _cut(self, seconds: float) -> None:
        """The long cut hits the node that leads; the short one any."""
        leaders = self.cluster.leaders()
        victim = max(leaders, key=lambda number: leaders[number])
        if seconds == SHORT:
            victim = self.rng.choice(list(leaders))
        clients = self.rng.random() < 0.5
        kind = "cut_from_all" if clients else "cut_from_peers"
        with self._fault(kind, victim, leaders[victim], seconds):
            self.cluster.network.cut(victim, clients=clients)
            time.sleep(seconds)
            self.cluster.network.heal(victim)

    @contextmanager
    def _fault(self, kind: str, node: int, led: int, seconds: float) -> Iterator[Fault]:
        fault = Fault(self.number, kind, node, led, seconds)
        self.faults.append(fault)
        yield fault
        fault.whole_after, fault.restarted = self.cluster.recover()
        self._hear(fault)

    def _hear(self, fault: Fault) -> None:
        """Wait for an answer to a command that was asked after all was well, and look back at the silence."""
        well = time.time()
        if not wait_until(lambda: any(at > well for at in self._answers()), seconds=60, every=0.3):
            raise ServerError("集群复原后无应答。 No command was answered after the cluster was whole again.")
        times = [fault.began_at, *(at for at in self._answers() if at > fault.began_at)]
        fault.silent_seconds = max(later - earlier for earlier, later in pairwise(times))

    def _answers(self) -> list[float]:
        return sorted(line["at"] for line in self.load.ledger.read() if "done" in line)


@contextmanager
def private_cluster(layout: Layout) -> Iterator[Cluster]:
    """A cluster on empty data; its logs stay."""
    made = Cluster(layout)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def world_on(cluster: Cluster, folder: Path, database_url: str, *, mutation: str = "") -> World:
    """The suite's pair on all three nodes. Raises ServerError where a queue is not on each of them."""
    settings = {"amqp_uri": cluster.amqp_uri, "database_url": database_url, "mutation": mutation}
    world = World(folder, **settings, RPC_QUEUE_TYPE="quorum")
    if cluster.members() != len(cluster.nodes):
        world.close()
        raise ServerError("有队列未在每个节点。 Not every queue is on every node.")
    return world
