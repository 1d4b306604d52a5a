"""One seeded pass: rolling restart under load, then everything at once, then rest, replay, and the verdict."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from chassis import crash
from chassis.runtime.client import RpcClient
from tests.faults import rest
from tests.faults.crashes import CLOCKS, COMMANDS, CONSUMERS, JOBS, RELAYS, Crashes, draw
from tests.faults.load import Load
from tests.faults.nursery import Slot
from tests.faults.servers import Servers, say
from tests.faults.trouble import Trouble
from tests.faults.verdict import Verdict
from tests.faults.wire import CommitCutter
from tests.faults.world import ROLES, World

CRASH_SECONDS = 60.0
DRAIN_SECONDS = 30.0
BACKPRESSURE = ("queue_full", "memory_alarm", "missing_binding")
# BUS.md's table; 11 (the cluster), 13 (the model) and 14 (the controls) are passes of their own; 15 and 16 are ours.
PARTS: dict[int, frozenset[str]] = {
    1: frozenset({"consumers", "poison"}),
    2: frozenset({"relays"}),
    3: frozenset({"commands"}),
    4: frozenset({"broker"}),
    5: frozenset({"database", "commit"}),
    6: frozenset({"shuffled"}),
    7: frozenset({"poison"}),
    8: frozenset({"rolling"}),
    9: frozenset({"stall"}),
    10: frozenset({"backpressure"}),
    12: frozenset({"replay", "poison"}),
    15: frozenset({"jobs"}),
    16: frozenset({"clocks"}),
}
ALL_PARTS = frozenset().union(*PARTS.values())


@dataclass
class Stage:
    """What rounds are played on."""

    world: World
    servers: Servers | None
    cutter: CommitCutter


@dataclass
class Result:
    """One round's figures; the verdict covers all rounds so far, the rest this one."""

    number: int
    verdict: Verdict
    seconds: float
    replayed: int
    missed: dict[str, int]
    drains: list[float]
    own: dict[str, int]  # violations of this round that no book holds


class Round:
    def __init__(self, stage: Stage, number: int, seed: int, parts: frozenset[str] = ALL_PARTS) -> None:
        self.stage = stage
        self.world = stage.world
        self.number = number
        self.rng = random.Random(f"{seed}-{number}")
        self.parts = parts
        tallies = [f"round{number}-{one}" for one in range(24)]
        self.load = Load(stage.world, tallies=tallies, rng=self.rng)
        self.trouble = Trouble(stage.world, stage.servers, stage.cutter, self.load, self.rng)
        self.wrong: list[tuple[str, str]] = []
        self.drains: list[float] = []
        self._enough = threading.Event()
        self.missed: dict[str, int] = {}

    def play(self) -> Result:
        began = time.monotonic()
        deaths = len(self.world.deaths)
        self.load.start()
        self._rolling()
        self._everything()
        self.load.stop()
        verdict = rest.settle(self.world, self.load.ledger, self.trouble.poison)
        replayed = self._replay() if "replay" in self.parts else 0
        if replayed or "replay" in self.parts:
            verdict = rest.settle(self.world, self.load.ledger, self.trouble.poison)
            rest.sicken(self.world)
        own = self._own(deaths)
        verdict.violations.update(own)
        seconds = time.monotonic() - began
        return Result(self.number, verdict, seconds, replayed, self.missed, self.drains, own)

    def _own(self, deaths: int) -> dict[str, int]:
        """What the books cannot say: processes that died by themselves, drains that were not clean."""
        for death in self.world.deaths[deaths:]:
            if not death.point and not death.told:
                self.wrong.append(("died_by_itself", f"{death.slot} code {death.code}"))
        self.wrong += [("error_instead_of_unavailable", code) for code in self.load.errors.elements()]
        for name, what in self.wrong:
            say(f"  {name}: {what}")
        return dict(Counter(name for name, _ in self.wrong))

    # rolling restart --------------------------------------------------------------------------------------------

    def _rolling(self) -> None:
        """Every process in turn by SIGTERM, with nothing else going wrong: no finished work may come again."""
        if "rolling" not in self.parts:
            return
        time.sleep(0.5)
        offset = self.world.deliveries.stat().st_size if self.world.deliveries.exists() else 0
        threads = [threading.Thread(target=self._roll, args=(role,)) for role in ROLES]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        time.sleep(0.5)
        for _ in range(self.world.redelivered(offset)):
            self.wrong.append(("redelivered_after_sigterm", "see deliveries.txt"))

    def _roll(self, role: str) -> None:
        for slot in [slot for command in ("serve", "relay", "jobs") for slot in self.world.of(role, command)]:
            with slot.lock:
                code, seconds = slot.end(signal.SIGTERM, DRAIN_SECONDS)
                self.drains.append(seconds)
                if code != 0:
                    self.wrong.append(("drain_failed", f"{slot.name} code {code} after {seconds:.1f} s"))
                self._next(slot, code)
                if not slot.wait_ready():
                    self.wrong.append(("never_served", slot.name))

    def _next(self, slot: Slot, code: int | None) -> None:
        if code is None:
            slot.end(signal.SIGKILL)
        self.world.bury(slot, slot.code() or 0)
        slot.start()

    # everything at once -----------------------------------------------------------------------------------------

    def _everything(self) -> None:
        plan = draw(self.rng, self.number, self._points())
        crashes = Crashes(self.world, plan, self.rng, self.trouble.feed)
        poisoning = self.trouble.poisoning(self._enough) if "poison" in self.parts else None
        if self._points():
            crashes.start()
        for name, act in self._acts():
            say(f"  {name}")
            act()
            time.sleep(self.rng.uniform(0.5, 1.5))
        if self._points():
            crashes.join(CRASH_SECONDS)
        self.missed = dict(crashes.missed)
        self._enough.set()
        if poisoning is not None:
            poisoning.join(120)
        for slot in self.world.slots:
            slot.arm("")

    def _points(self) -> tuple[str, ...]:
        kinds = {"consumers": CONSUMERS, "relays": RELAYS, "commands": COMMANDS, "jobs": JOBS, "clocks": CLOCKS}
        wanted = {name for kind, names in kinds.items() if kind in self.parts for name in names}
        return tuple(name for name in crash.POINTS if name in wanted)

    def _acts(self) -> list[tuple[str, Callable[[], None]]]:
        backpressure = BACKPRESSURE[self.number % len(BACKPRESSURE)]
        known: dict[str, tuple[str, Callable[[], None]]] = {
            "broker": ("broker_away", lambda: self.trouble.broker_away(self.rng.uniform(0, 2))),
            "database": ("database_restart", self.trouble.database_restart),
            "commit": ("commit_cut", self.trouble.commit_cut),
            "stall": ("stall", lambda: self.trouble.stall(self.rng.uniform(3, 6))),
            "backpressure": (backpressure, getattr(self.trouble, backpressure)),
            "shuffled": ("shuffled", self._shuffled),
            "jobs": ("job_stall", self._job_stall),
        }
        chosen = [act for part, act in known.items() if part in self.parts]
        self.rng.shuffle(chosen)
        return chosen

    def _shuffled(self) -> None:
        client = RpcClient(self.world.amqp_uri)
        self.trouble.shuffled(client, f"shuffled{self.number}")
        client.close()

    def _job_stall(self) -> None:
        client = RpcClient(self.world.amqp_uri)
        self.trouble.job_stall(client)
        client.close()

    # replay -----------------------------------------------------------------------------------------------------

    def _replay(self) -> int:
        count = rest.replay_parked(self.world)
        rest.replay_applied(self.world)
        self.wrong += [("replayed_too_late", what) for what in rest.wrongly_replayed(self.world)]
        return count


def play(stage: Stage, number: int, seed: int, parts: frozenset[str] = ALL_PARTS) -> Result:
    result = Round(stage, number, seed, parts).play()
    say(describe(result))
    return result


def describe(result: Result) -> str:
    found = result.verdict
    text = (
        f"第 {result.number} 轮 round: {found.events} 事件 events, {found.lost} 丢失 lost, "
        f"{found.doubled} 重复 doubled, "
        f"{found.jobs} 任务 jobs ({found.jobs_failed} 失败 failed), {found.timers} 定时 timers, "
        f"{found.parked} 停放 parked, {result.replayed} 重放 replayed, {result.seconds:.0f} s"
    )
    if result.missed:
        text += f", 未到 not reached: {result.missed}"
    if not found.clean:
        text += f"\n  违反 VIOLATIONS {dict(found.violations)}\n  {dict(found.examples)}"
    return text
