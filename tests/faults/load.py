"""Clients that ask for commands until they are answered, and write down what they asked and what they heard."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from chassis import ids, tokens
from chassis.errors import FootprintError, UnavailableError
from chassis.runtime.client import RpcClient
from chassis.runtime.execute import Executor
from tests import kit
from tests.faults.pair.service import FRONT
from tests.faults.world import World

ANSWER_SECONDS = 3.0
MOODS = ("ok",) * 22 + ("fail_back", "fail_front")
LATER = ("", "", "job", "timer")  # what a command leaves behind


class Ledger:
    """Append-only, one JSON object a line: ``asked`` before the first try, ``done`` with the reply, ``again``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def write(self, **facts: Any) -> None:
        with self._lock, self.path.open("a") as file:
            file.write(json.dumps(facts) + "\n")

    def read(self) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text().splitlines()]


class Load:
    """``clients`` threads, each asking for one command after another, ``pace`` seconds apart.

    An unanswered command is asked again with the same key, by the next client connection, until it is answered.
    """

    def __init__(
        self,
        world: World,
        *,
        tallies: Iterable[str],
        rng: random.Random,
        clients: int = 4,
        pace: float = 0.2,
        moods: Sequence[str] = MOODS,
    ) -> None:
        self.world = world
        self.ledger = Ledger(world.folder / "commands.jsonl")
        self.errors: Counter[str] = Counter()
        self.unanswered = 0
        self.done = 0
        self._tallies = list(tallies)
        self._pace = pace
        self._moods = moods
        self._stopping = threading.Event()
        self._giving_up = threading.Event()
        seeds = [rng.random() for _ in range(clients)]
        self._threads = [threading.Thread(target=self._run, args=(random.Random(seed),), daemon=True) for seed in seeds]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, *, seconds: float = 60) -> None:
        """No new commands; those under way are asked until they are answered, or the time is over."""
        self._stopping.set()
        limit = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, limit - time.monotonic()))
        self._giving_up.set()
        for thread in self._threads:
            thread.join(30)

    def _run(self, rng: random.Random) -> None:
        client = RpcClient(self.world.amqp_uri)
        while not self._stopping.is_set():
            facts = {name: rng.choice(of) for name, of in (("tally_id", self._tallies), ("mood", self._moods))}
            facts["later"] = rng.choice(LATER)
            self.ask(client, facts, twice=rng.random() < 0.1)
            self._stopping.wait(self._pace * rng.uniform(0.5, 1.5))
        client.close()

    def ask(self, client: RpcClient, facts: dict[str, Any], *, twice: bool = False) -> str:
        """One command's key, when answered; ``twice``: once more afterwards, as a client that missed the reply."""
        key = str(ids.new_uuid())
        self.ledger.write(asked=key, at=time.time(), **facts)
        for word in ("done", "again") if twice else ("done",):
            reply = self._until_answered(client, key, {**facts, "request_id": key})
            if reply is None:
                self.unanswered += 1
                return key
            self.ledger.write(**{word: key}, at=time.time(), reply=reply)
        self.done += 1
        return key

    def ask_locally(self, facts: dict[str, Any]) -> None:
        """One command without the bus, straight into front's database: events arise though no call gets through."""
        key = str(ids.new_uuid())
        self.ledger.write(asked=key, at=time.time(), **facts)
        executor = Executor(FRONT, self.world.sessions["front"], tokens.Verifier(kit.signing_key()))
        while not self._giving_up.is_set():
            try:
                reply = executor.call("raise_tally", {**facts, "request_id": key}, _headers(key))
            except UnavailableError:  # the database is away
                self._giving_up.wait(0.3)
            else:
                self.ledger.write(done=key, at=time.time(), reply=reply)
                return

    def _until_answered(self, client: RpcClient, key: str, kwargs: dict[str, Any]) -> Any:
        while not self._giving_up.is_set():
            try:
                return client.call(
                    self.world.names["front"], "raise_tally", kwargs, _headers(key), timeout=ANSWER_SECONDS
                )
            except UnavailableError:
                self._giving_up.wait(0.2)
            except FootprintError as error:  # a caller would not ask again: it must not happen
                self.errors[error.code] += 1
                self._giving_up.wait(0.2)
        return None


ACCOUNT = ids.new_id("acc")  # one caller: the same key from another account is another command


def _headers(key: str) -> dict[str, Any]:
    return {"authorization": kit.token(kit.actor("bureau", account_id=ACCOUNT)), "command_id": key}
