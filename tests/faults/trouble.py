"""Everything that goes wrong besides processes dying at crash points: servers, stalls, floods, lost bindings, cuts."""

from __future__ import annotations

import random
import signal
import threading
import time
from typing import Any

import msgspec
from amqp import AMQPError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.runtime import health, topology
from chassis.runtime.client import RpcClient
from chassis.runtime.names import park_name, rpc_name
from chassis.tables import WAITS, Job, OutboxEvent
from tests.faults import poison
from tests.faults.load import Ledger, Load
from tests.faults.pair.service import Effect
from tests.faults.servers import Servers
from tests.faults.wire import CommitCutter
from tests.faults.world import World


class Trouble:
    """Each method makes one trouble, ends it, and writes when it ended; none of them judges."""

    def __init__(
        self, world: World, servers: Servers | None, cutter: CommitCutter, load: Load, rng: random.Random
    ) -> None:
        self.world = world
        self.load = load
        self._servers = servers
        self.cutter = cutter
        self.rng = rng
        self.ledger = Ledger(world.folder / "troubles.jsonl")
        self.poison = Ledger(world.folder / "poison.jsonl")

    @property
    def servers(self) -> Servers:
        """Only a broker and a database of the suite's own may be killed."""
        assert self._servers is not None
        return self._servers

    def ended(self, name: str, began: float, **facts: Any) -> None:
        self.ledger.write(trouble=name, began=began, ended=time.time(), **facts)

    # servers ----------------------------------------------------------------------------------------------------

    def broker_away(self, seconds: float) -> None:
        """kill -9; its own start of some seconds comes on top of ``seconds``."""
        began = time.time()
        self.servers.kill_broker()
        time.sleep(seconds)
        self.servers.broker.start()
        up = time.time()
        self.ended("broker_away", began, consumers_back=self._consumers_back(up))

    def _consumers_back(self, up: float) -> float:
        """Seconds until every queue has a consumer again."""
        front, back = self.world.names["front"], self.world.names["back"]
        queues = [*self.world.queues.values(), rpc_name(front), park_name(front), park_name(back)]
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            try:
                if not health.missing_consumers(self.world.amqp_uri, queues):
                    break
            except (OSError, AMQPError):
                pass
            time.sleep(0.2)
        return time.time() - up

    def database_restart(self) -> None:
        began = time.time()
        self.servers.kill_database()
        time.sleep(self.rng.uniform(0, 1))
        self.servers.database.start()
        self.ended("database_restart", began)

    def commit_cut(self, times: int = 3) -> None:
        """The cutter sits before the second replica of each service."""
        began, before = time.time(), self.cutter.cuts
        self.cutter.arm(times)
        limit = time.monotonic() + 10
        while self.cutter.cuts < before + times and time.monotonic() < limit:
            time.sleep(0.05)
        self.ended("commit_cut", began, cuts=self.cutter.cuts - before)

    # stalls -----------------------------------------------------------------------------------------------------

    def stall(self, seconds: float) -> None:
        """SIGSTOP to one serving process: alive for the system, silent for everybody else."""
        began = time.time()
        slot = self.rng.choice([slot for slot in self.world.slots if slot.command == "serve"])
        with slot.lock:
            slot.send(signal.SIGSTOP)
            time.sleep(seconds)
            slot.send(signal.SIGCONT)
        self.ended("stall", began, slot=slot.name)

    def job_stall(self, client: RpcClient) -> None:
        """SIGSTOP in the middle of a job until its lease is over and another has it; then the first goes on."""
        began, taken_over = time.time(), False
        key = self.load.ask(client, {"tally_id": "stalled", "mood": "ok", "later": "long_job"})
        asked = select(Job.id).where(Job.payload["request_id"].astext == key)
        job = self.world.look("front", lambda session: session.scalar(asked))
        attempt, pid = self._claim_of(job, after=0)
        for slot in self.world.of("front", "jobs"):
            with slot.lock:
                if slot.pid != pid:
                    continue
                self._between_steps(job)
                slot.send(signal.SIGSTOP)
                taken_over = self._claim_of(job, after=attempt)[0] > attempt
                slot.send(signal.SIGCONT)
        self.ended("job_stall", began, taken_over=taken_over)

    def _between_steps(self, job: str | None, *, seconds: float = 5) -> None:
        """Until the job has just committed a step and sleeps: in a transaction it could not be taken over."""
        steps = select(func.count(Effect.number)).where(Effect.kind == "job", Effect.key == job)
        before = self.world.look("front", lambda session: session.scalar(steps))
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if self.world.look("front", lambda session: session.scalar(steps)) != before:
                break
            time.sleep(0.01)
        time.sleep(0.1)

    def _claim_of(self, job: str | None, *, after: int, seconds: float = 12) -> tuple[int, int]:
        """The newest claim of the job beyond that attempt, waited for: attempt and pid; zeros where none comes."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            for one, attempt, pid, _ in reversed(self.world.claimed()):
                if one == job and attempt > after:
                    return attempt, pid
            time.sleep(0.02)
        return 0, 0

    def hog(self, client: RpcClient, seconds: float) -> None:
        """A handler that burns the processor for longer than heartbeats allow."""
        began = time.time()
        self.load.ask(client, {"tally_id": "hog", "mood": "hog", "seconds": seconds})
        time.sleep(seconds + 2)
        self.ended("hog", began)

    # backpressure -----------------------------------------------------------------------------------------------

    def queue_full(self) -> None:
        """Back's consumers stand still and its queue takes four messages: the relay must hold the rest."""
        began = time.time()
        pattern = f"^{self.world.queues['back'].replace('.', '[.]')}$"
        slots = self.world.of("back", "serve")
        self.servers.control(
            "set_policy", "full", pattern, '{"max-length":4,"overflow":"reject-publish"}', "--apply-to", "queues"
        )
        try:
            for slot in slots:
                slot.lock.acquire()
                slot.send(signal.SIGSTOP)
            seen = self._unsent_seen(seconds=8)
        finally:
            self.servers.control("clear_policy", "full")
            for slot in slots:
                slot.send(signal.SIGCONT)
                slot.lock.release()
        self.ended("queue_full", began, unsent_seen=seen)

    def memory_alarm(self) -> None:
        began = time.time()
        self.servers.control("set_vm_memory_high_watermark", "0.00001")
        try:
            seen = self._unsent_seen(seconds=8)
        finally:
            self.servers.control("set_vm_memory_high_watermark", "0.6")
        self.ended("memory_alarm", began, unsent_seen=seen)

    def missing_binding(self) -> None:
        """The binding of back's queue is gone for a while: a return must leave the event unsent."""
        began = time.time()
        self._binding("queue_unbind")
        try:
            seen = self._unsent_seen(seconds=8)
        finally:
            self._binding("queue_bind")
        self.ended("missing_binding", began, unsent_seen=seen)

    def _binding(self, method: str) -> None:
        queue, exchange = self.world.queues["back"], f"{self.world.names['front']}.events"
        with topology.connection(self.world.amqp_uri) as conn, conn.channel() as channel:
            getattr(channel, method)(queue, exchange, routing_key="*.tally_raised")

    def _unsent_seen(self, *, seconds: float, events: int = 24) -> int:
        """The most events seen waiting for a second or more in front's outbox, after some were added by hand."""
        for number in range(events):
            self.load.ask_locally({"tally_id": f"pressed-{number % 6}", "mood": "ok"})
        waiting = select(func.count()).where(
            WAITS,
            OutboxEvent.recorded_at < func.now() - func.make_interval(0, 0, 0, 0, 0, 0, 1),
        )
        limit, most = time.monotonic() + seconds, 0
        while time.monotonic() < limit and most < 3:
            most = max(most, self.world.look("front", lambda session: session.scalar(waiting) or 0))
            time.sleep(0.2)
        return most

    # wrong messages and wrong order -----------------------------------------------------------------------------

    def shuffled(self, client: RpcClient, name: str, *, tallies: int = 3, events: int = 8) -> None:
        """Events that no relay sent, each delivered three times in an order of the seed's choosing."""
        began = time.time()
        names = [f"{name}-{number}" for number in range(tallies)]
        for tally in names * events:
            self.load.ask(client, {"tally_id": tally, "mood": "ok", "held": True})
        letters = self.world.look("front", lambda session: _letters(session, names)) * 3
        self.rng.shuffle(letters)
        for body, properties in letters:
            self.world.publish(self.world.queues["back"], body, **properties)
        self.ended("shuffled", began, deliveries=len(letters))

    def feed(self, point: str, role: str) -> None:
        """A message that is parked at once, or an event whose handler fails and is retried first."""
        if point.startswith("retry."):
            self.load.ask_locally({"tally_id": f"fed-{role}", "mood": f"fail_{role}"})
        else:
            poison.inject(self.world, self.poison, "bad_json", role)

    def poisoning(self, until: threading.Event, *, pause: float = 1.0) -> threading.Thread:
        """A poison message every ``pause`` seconds until told to stop, of every kind in turn."""
        rng = random.Random(self.rng.random())

        def work() -> None:
            turns = [(kind, role) for kind in poison.KINDS for role in poison.EVENTS]
            rng.shuffle(turns)
            while turns or not until.is_set():
                kind, role = turns.pop() if turns else poison.choose(rng)
                poison.inject(self.world, self.poison, kind, role)
                until.wait(pause)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread


def _letters(session: Session, subjects: list[str]) -> list[tuple[bytes, dict[str, Any]]]:
    """The messages of these subjects' events, as the relay would send them."""
    return [letter(row) for row in session.scalars(select(OutboxEvent).where(OutboxEvent.subject.in_(subjects)))]


def letter(row: OutboxEvent) -> tuple[bytes, dict[str, Any]]:
    from chassis.runtime.waiting import Unsent

    body = msgspec.json.encode(row.payload)
    message = Unsent(row.position, row.id, row.name, row.district_code, row.headers, body).message()
    known = {name: message.properties[name] for name in ("content_type", "message_id", "type")}
    return message.body, {**known, "application_headers": row.headers}
