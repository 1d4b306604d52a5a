"""Service orders on random walks with faults; what must hold all the while is asked of the database itself.

Commands die before their commit or are sent twice, timers are late, run twice or fail, processes start anew.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from joserfc.jwk import OKPKey
from sqlalchemy import Engine, text

from bench import order_walk_rules as rules
from bench.order_cast import DISTRICT, STEPS, STREET, Cast
from chassis import clock, crash, db, ids, tokens
from chassis.actor import Actor
from chassis.errors import FootprintError
from chassis.runtime import timers
from chassis.runtime.execute import Executor
from services.projects.orders import running
from services.projects.service import SERVICE

FRESH_SECONDS = 300.0  # of the ten minutes a token lives
KIND = "mediation"


class DiedError(Exception):
    """The process went away before its transaction was committed."""


@dataclass
class Walk:
    """``orders`` orders on one database; everything follows from ``seed`` but how threads interleave."""

    engine: Engine
    seed: int
    orders: int
    threads: int = 1
    tell: Callable[[str], None] = lambda _: None
    did: Counter[str] = field(default_factory=Counter)
    requesters: dict[str, str] = field(default_factory=dict)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)
    offset: timedelta = timedelta()
    failing: bool = False

    def __post_init__(self) -> None:
        self.key = OKPKey.generate_key("Ed25519")
        self.chance = random.Random(self.seed)
        self.local = threading.local()
        self.cast = Cast()
        self.tokens: dict[int, tuple[str, float]] = {}
        self.start_anew()

    def start_anew(self) -> None:
        """Another process: nothing of the one before is left but the database."""
        self.engine.dispose()
        self.executor = Executor(SERVICE, db.make_sessions(self.engine), tokens.Verifier(self.key))

    def prepare(self) -> None:
        """Organisations that are known, a kind without a practical limit, and every order asked for."""
        with self.executor.sessions.begin() as session:
            session.add_all(self.cast.known())
        kinds = self.call(self.cast.bureau, "list_order_kinds")["items"]
        kind = next(row for row in kinds if row["kind"] == KIND)
        given = {name: value for name, value in kind.items() if name != "district_code"}
        self.call(self.cast.bureau, "set_order_kind", **{**given, "open_orders_max": 10_000, "reschedules_max": 2})
        self.share(range(self.orders), self._ask)

    def _ask(self, number: int, chance: random.Random) -> None:
        who = self.cast.residents[number % len(self.cast.residents)]
        order = self.call(who, "request_order", kind=KIND, title="演示", street_code=STREET)
        self.requesters[order["order_id"]] = order["requester_account_id"]

    def share(self, items: Any, work: Callable[[Any, random.Random], None]) -> None:
        """Over the threads; each has a chance of its own."""
        everything = list(items)
        seeds = [self.chance.random() for _ in range(self.threads)]

        def run(number: int) -> None:
            chance = random.Random(seeds[number])
            for one in everything[number :: self.threads]:
                work(one, chance)

        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(run, range(self.threads)))

    def token(self, who: Actor) -> str:
        """A new one before the old one ends: a long walk outlives many."""
        token, since = self.tokens.get(id(who), ("", -FRESH_SECONDS))
        if time.monotonic() - since >= FRESH_SECONDS:
            token, since = tokens.issue(self.key, who, session_id=ids.new_id("ses")), time.monotonic()
            self.tokens[id(who)] = token, since
        return token

    def call(self, who: Actor, operation: str, *, command_id: str | None = None, **given: Any) -> Any:
        headers = {"authorization": self.token(who)}
        if command_id is not None:
            headers["command_id"] = command_id
        return self.executor.call(operation, given, headers)

    def look(self) -> None:
        """Every order as it is when a round begins; whoever acts on it may find that it has moved on."""
        with self.engine.connect() as connection:
            rows = connection.execute(text(rules.SEEN)).all()
        self.seen = {
            ids.encode("ord", row.id): {
                "status": row.status,
                "requester": ids.encode("acc", row.requester_account_id),
                "asked": {ids.encode("org", one) for one in row.organisations or ()}
                | {ids.encode("acc", one) for one in row.accounts or ()},
            }
            for row in rows
        }

    # one step -------------------------------------------------------------------------------------------------

    def step(self, order_id: str, chance: random.Random) -> None:
        """Something that its state may take, or now and then anything at all."""
        order = self.seen[order_id]
        status = order["status"] if chance.random() < 0.85 else chance.choice(list(STEPS))
        choices = STEPS.get(status, ())
        if not choices or chance.random() < 0.1:
            return
        name = chance.choice(choices)
        if name == "cancel" and chance.random() < 0.85:  # else hardly any order lives to be delivered
            name = choices[0]
        who, operation, given = self.cast.plan(name, order, chance, self.now())
        self.carry_out(who, operation, {"order_id": order_id, **given}, chance)

    def carry_out(self, who: Actor, operation: str, given: dict[str, Any], chance: random.Random) -> None:
        """Perhaps dying first, perhaps once more after its reply was lost."""
        command_id, fault = str(ids.new_uuid()), chance.random()
        if fault < 0.1:
            self.local.dies = True
            with suppress(DiedError, FootprintError):
                self.call(who, operation, command_id=command_id, **given)
            self.local.dies = False
            self.did["died before the commit"] += 1
        for _ in range(2 if 0.1 <= fault < 0.2 else 1):
            try:
                self.call(who, operation, command_id=command_id, **given)
                self.did[operation] += 1
            except FootprintError as error:
                if error.code not in rules.REFUSED:
                    raise
                self.did[f"refused: {error.code}"] += 1

    # time -----------------------------------------------------------------------------------------------------

    def now(self) -> Any:
        return clock.system_now() + self.offset

    def advance(self, hours: float) -> None:
        """The district's clock."""
        self.offset += timedelta(hours=hours)
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO district_clock (district_code, offset_seconds) VALUES (:district, :seconds)"
                    " ON CONFLICT (district_code) DO UPDATE SET offset_seconds = :seconds"
                ),
                {"district": DISTRICT, "seconds": int(self.offset.total_seconds())},
            )

    def fire(self, *, faults: bool) -> None:
        """Every timer that is due; with faults some fail at the end of their work, and some that ran run again."""
        if faults:
            with self.engine.begin() as connection:
                self.did["timers run again"] += connection.execute(text(rules.AGAIN)).rowcount
        self.failing = faults
        while self._fire_all():
            with self.engine.begin() as connection:  # the system's clock does not wait for a walk
                connection.execute(text("UPDATE timer SET retry_at = NULL WHERE fired_at IS NULL"))
        self.failing = False

    def _fire_all(self) -> bool:
        with ThreadPoolExecutor(self.threads) as pool:
            fired = sum(pool.map(lambda _: timers.fire_due(self.executor, at_most=100_000), range(self.threads)))
        self.did["timers"] += fired
        return fired > 0

    # the whole ------------------------------------------------------------------------------------------------

    def run(self, rounds: int) -> None:
        """Walk; then nobody does anything any more, and time goes on."""
        point, run_out = crash.point, running.run_out
        chance = random.Random(self.seed + 1)

        def die(name: str) -> None:
            if name == "command.before_commit" and getattr(self.local, "dies", False):
                raise DiedError

        def fail(*given: Any, **named: Any) -> None:
            run_out(*given, **named)
            if self.failing and chance.random() < 0.05:
                self.did["timers that failed"] += 1
                raise DiedError

        crash.point, running.run_out = die, fail
        try:
            self.prepare()
            for number in range(rounds):
                self.look()
                self.share(self.requesters, self.step)
                self.advance(self.chance.choice((1, 3, 12, 30, 80)))
                if self.chance.random() < 0.7:
                    self.fire(faults=True)
                self.check(settled=False)
                self.tell(f"round {number + 1} of {rounds}")
                if number % 5 == 4:
                    self.start_anew()
            self.rest()
        finally:
            crash.point, running.run_out = point, run_out

    def rest(self) -> None:
        """Offers lapse, no-shows are found, deliveries are confirmed, ratings end; what staff owe they are told."""
        for _ in range(8):
            self.advance(24 * 20)
            self.fire(faults=False)
            self.check(settled=True)

    def check(self, *, settled: bool) -> None:
        """Nothing lost, no second holder, the first requester unchanged, a live clock; after timers ran, none stuck."""
        with self.engine.connect() as connection:
            rows = connection.execute(text(rules.ORDERS)).all()
            there = {ids.encode("ord", row.id): ids.encode("acc", row.requester_account_id) for row in rows}
            self.demand("an order was lost, or another one asked first", there == self.requesters)
            for what, query in rules.WRONG.items():
                self.demand(what, not connection.execute(text(query)).all())
            live: dict[str, list[Any]] = {}
            for order_id, serial, due_at in connection.execute(text(rules.LIVE)):
                live.setdefault(order_id, []).append((serial, due_at))
        now = self.now()
        for row in rows:
            clocks = live.get(ids.encode("ord", row.id), [])
            if row.status in rules.FINAL:
                self.demand("a final state has a clock", not clocks and row.due_at is None)
                continue
            self.demand("one live clock", [serial for serial, _ in clocks] == [row.clock_serial])
            late = row.due_at <= now
            if settled:
                self.demand("past its clock and nobody told", clocks[0][1] > now and (row.escalated or not late))

    def demand(self, what: str, holds: bool) -> None:
        """What must hold, whatever happened."""
        if not holds:
            raise AssertionError(f"{what} (seed {self.seed})")

    def statuses(self) -> dict[str, int]:
        """How the orders ended."""
        with self.engine.connect() as connection:
            rows = connection.execute(text("SELECT status, count(*) FROM service_order GROUP BY 1 ORDER BY 1"))
            return {row[0]: row[1] for row in rows}
