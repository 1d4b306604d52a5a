"""Which process dies where, in which order: drawn from the seed, so that every crash point gets its turns."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable

from chassis import crash
from tests.faults.nursery import Slot
from tests.faults.world import KINDS, ROLES, World

COMMANDS = tuple(name for name in crash.POINTS if name.startswith(("command.", "call.")))
RELAYS = tuple(name for name in crash.POINTS if name.startswith("relay."))
JOBS = tuple(name for name in crash.POINTS if name.startswith("job."))
CLOCKS = tuple(name for name in crash.POINTS if name.startswith(("timer.", "every.")))
CONSUMERS = tuple(name for name in crash.POINTS if name not in COMMANDS + RELAYS + JOBS + CLOCKS)
RARE = ("retry.after_publish", "park.after_publish", "parking.after_commit")  # failing messages are few
TURN_SECONDS = 15.0
KILL = "kill"  # at no named point: wherever it happens to be


def draw(rng: random.Random, number: int, points: Iterable[str]) -> dict[str, list[str]]:
    """``{"front serve": [points…], "front relay": …}``: each point once, in turn at front and at back."""
    plan: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for index, name in enumerate(points):
        role = "front" if name in COMMANDS + JOBS else ROLES[(index + number + 1) % 2]
        passing = 1 if name in RARE or name.startswith("every.") else rng.randint(1, 4)
        plan[f"{role} {_command(name)}"].append(f"{name}:{passing}")
    for turns in plan.values():
        turns.append(KILL)
        rng.shuffle(turns)
    return plan


def _command(point: str) -> str:
    return "relay" if point in RELAYS else "jobs" if point in JOBS else "serve"


class Crashes:
    """Works a plan off: one thread per replica that serves or does jobs, one per pair of relays.

    ``feed(point, role)`` sends a message that leads a consumer of ``role`` past a rare point.
    """

    def __init__(
        self, world: World, plan: dict[str, list[str]], rng: random.Random, feed: Callable[[str, str], None]
    ) -> None:
        self.world = world
        self._feed = feed
        self._plan = plan
        self.missed: Counter[str] = Counter()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._threads = []
        for kind, turns in plan.items():
            role, command = kind.split()
            slots = world.of(role, command)
            groups = [slots] if command == "relay" else [[slot] for slot in slots]
            for group in groups:
                args = (group, turns, random.Random(rng.random()))
                self._threads.append(threading.Thread(target=self._work, args=args, daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def join(self, seconds: float) -> None:
        """Until every turn was taken; those that are over time are dropped and counted as missed."""
        limit = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, limit - time.monotonic()))
        self._stopping.set()
        for thread in self._threads:
            thread.join(30)
        self.missed.update(turn.partition(":")[0] for turns in self._plan.values() for turn in turns)

    def _work(self, group: list[Slot], turns: list[str], rng: random.Random) -> None:
        while not self._stopping.is_set():
            with self._lock:
                if not turns:
                    return
                turn = turns.pop()
            if turn == KILL:
                self._kill(rng.choice(group), rng)
            elif not self._die_at(group, turn):
                with self._lock:
                    turns.insert(0, turn)  # something else was in the way; once more at the end

    def _kill(self, slot: Slot, rng: random.Random) -> None:
        self._stopping.wait(rng.uniform(0, 0.5))
        with slot.lock:
            slot.told = True
            slot.send(signal.SIGKILL)
        self._until_back(slot)

    def _die_at(self, group: list[Slot], turn: str) -> bool:
        """Whether it was reached. Of two relays only the working one passes: both are armed, the other disarmed."""
        name = turn.partition(":")[0]
        for _ in range(3):
            pids = [slot.pid for slot in group]
            for slot in group:
                slot.arm(turn)
            limit, fed = time.monotonic() + TURN_SECONDS, 0.0
            while time.monotonic() < limit and not self._stopping.is_set():
                if name in RARE and time.monotonic() > fed + 1:
                    self._feed(name, group[0].role)
                    fed = time.monotonic()
                if any(self.world.point_of(pid) == name for pid in pids):
                    break
                if any(slot.pid != pid for slot, pid in zip(group, pids, strict=True)):
                    break  # it ended for another reason: arm its successor
                time.sleep(0.05)
            for slot in group:
                slot.arm("")
            if any(self.world.point_of(pid) == name for pid in pids):
                for slot in group:
                    self._until_back(slot)
                return True
        return False

    def _until_back(self, slot: Slot) -> None:
        limit = time.monotonic() + TURN_SECONDS
        while not self._stopping.is_set() and time.monotonic() < limit:
            if slot.code() is None and slot.ready():
                return
            time.sleep(0.05)
