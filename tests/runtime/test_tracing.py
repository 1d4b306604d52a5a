"""What one request led to: causes flow through handlers, timers and jobs, and are found again."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from chassis import clock, db, ids, jobs, outbox, tables, timers
from chassis.actor import Actor
from chassis.events import Envelope, Event, event
from chassis.operations import command as command_row
from chassis.runtime import migrate, tracing, waiting
from chassis.runtime.entrypoints import ANY_EVENT, command, on_event, timer
from chassis.runtime.execute import Executor
from chassis.runtime.inprocess import InProcessHost
from chassis.runtime.jobrunner import JobRun
from chassis.runtime.service import Service
from chassis.runtime.tracing import Source
from chassis.tables import CommandLog, Job, OutboxEvent, Parked, Timer
from chassis.tokens import Verifier
from chassis.tracing import Node, Step, tree
from tests import kit
from tests.runtime.world import server

pytestmark = pytest.mark.postgres
TRACE = "0af7651916cd43dd8448eb211c80319c"
COMMAND = "01890a5d-ac96-774b-bcce-b302099a8057"
THING = "thg_00000000000000000000000001"


@event(owner="chain", subject="thing_id", handled_by=("chain",))
class ChainBegun(Event):
    """It began."""

    thing_id: str
    mood: str = "ok"


@event(owner="chain", subject="thing_id")
class ChainFollowed(Event):
    """Its handler said so."""

    thing_id: str


@event(owner="chain", subject="thing_id")
class ChainRang(Event):
    """Its timer said so."""

    thing_id: str


@event(owner="chain", subject="thing_id")
class ChainCounted(Event):
    """Its job said so."""

    thing_id: str


class Chain:
    """One command; the rest follows."""

    @command
    def begin(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        outbox.record(session, ChainBegun(thing_id=THING))
        return {}

    @command
    def begin_badly(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        outbox.record(session, ChainBegun(thing_id=THING, mood="fail"))
        return {}

    @on_event(ChainBegun)
    def on_chain_begun(self, session: Session, event: ChainBegun, envelope: Envelope) -> None:
        if event.mood == "fail":
            raise RuntimeError("13800000000 is somebody's number")
        outbox.record(session, ChainFollowed(thing_id=event.thing_id))
        due = clock.now(session, envelope.district_code) - timedelta(seconds=1)
        timers.schedule(session, "ring", due_at=due, district_code=envelope.district_code)
        jobs.enqueue(session, "count")

    @timer
    def ring(self, session: Session, *, actor: Actor, now: Any) -> None:
        outbox.record(session, ChainRang(thing_id=THING))


class Listener:
    """Hears everything, as the trail does."""

    @on_event(ANY_EVENT)
    def on_event(self, session: Session, event: Envelope, envelope: Envelope) -> None:
        assert event is envelope


def count(run: JobRun) -> None:
    with run.transaction() as session:
        outbox.record(session, ChainCounted(thing_id=THING))


CHAIN = Service(
    name="chain",
    cls=Chain,
    operations=[
        command_row(name, None, None, roles=("bureau",), zh="开始", en="Begin") for name in ("begin", "begin_badly")
    ],
    jobs={"count": count},
)
LISTENER = Service(name="chain-listener", cls=Listener, database="chain")


class World:
    """Both services on one database, in process."""

    def __init__(self) -> None:
        self.url = server().set(database=f"test_tracing_{os.getpid()}")
        migrate.create_database(self.url)
        self.engine = db.make_engine(self.url, pool_size=2)
        tables.Base.metadata.create_all(self.engine)
        self.sessions = db.make_sessions(self.engine)
        executors = [Executor(one, self.sessions, Verifier(kit.signing_key())) for one in (CHAIN, LISTENER)]
        self.host = InProcessHost(executors, deliveries=2, parking=True)
        self.sources = [Source(service=one, sessions=self.sessions) for one in (CHAIN, LISTENER)]

    def begin(self, operation: str = "begin", *, command_id: str | None = None) -> None:
        token = kit.token(kit.actor("bureau"))
        sent = {"authorization": token, "trace_id": TRACE, "command_id": command_id or str(ids.new_uuid())}
        self.host.call("chain", operation, {}, sent)

    def tree(self) -> list[Node]:
        return tree(tracing.follow(self.sources, TRACE))

    def steps(self) -> list[Step]:
        return tracing.follow(self.sources, TRACE)


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    world = World()
    yield world
    world.engine.dispose()
    migrate.drop_database(world.url)


@pytest.fixture
def world(made: World) -> World:
    kit.empty(made.engine)
    return made


def shape(nodes: list[Node]) -> dict[str, Any]:
    """Names only: ``{"command begin": {"event …": {…}}}``."""
    return {f"{node.step.kind} {node.step.name}": shape(node.children) for node in nodes}


HEARD: dict[str, Any] = {"handled chain-listener.on_event": {}}


def test_a_trace_is_one_tree_from_the_command_to_its_last_effect(world: World) -> None:
    world.begin()
    world.host.settle()
    effects = {
        "event chain_followed": HEARD,
        "timer ring": {"event chain_rang": HEARD},
        "job count": {"event chain_counted": HEARD},
    }
    begun = {"handled chain.on_chain_begun": effects, **HEARD}
    assert shape(world.tree()) == {"command begin": {"event chain_begun": begun}}
    assert {step.status for step in world.steps()} == {"done", "sent", "fired"}


def test_every_event_carries_the_trace_and_the_id_of_its_cause(world: World) -> None:
    world.begin(command_id=COMMAND)
    world.host.settle()
    with world.sessions() as session:
        rows = {row.name: row.headers for row in session.scalars(select(OutboxEvent))}
        begun = session.scalars(select(OutboxEvent).where(OutboxEvent.name == "chain_begun")).one()
        timer_id, job_id = session.scalars(select(Timer.id)).one(), session.scalars(select(Job.id)).one()
    assert {headers["cloudEvents_correlationid"] for headers in rows.values()} == {TRACE}
    assert {name: headers["cloudEvents_causationid"] for name, headers in rows.items()} == {
        "chain_begun": ids.encode("cmd", uuid.UUID(COMMAND)),
        "chain_followed": begun.id,
        "chain_rang": timer_id,
        "chain_counted": job_id,
    }


def test_what_has_not_happened_yet_is_told_as_such(world: World) -> None:
    world.begin()
    before = {step.name: step.status for step in world.steps()}
    assert before == {
        "begin": "done",
        "chain_begun": "unsent",
        "chain.on_chain_begun": "unsent",
        "chain-listener.on_event": "unsent",
    }
    with world.sessions.begin() as session:
        positions = list(session.scalars(select(OutboxEvent.position)))
        waiting.mark(session.connection().connection.cursor(), positions)
    (told,) = [step for step in world.steps() if step.kind == "event"]
    assert told.status == "sent"
    assert told.at is not None
    assert told.until is not None
    assert told.at < told.until < clock.system_now()
    after = {step.name: (step.status, step.at) for step in world.steps() if step.kind == "handled"}
    assert after == dict.fromkeys(("chain.on_chain_begun", "chain-listener.on_event"), ("waiting", None))


def test_a_parked_event_is_told_without_the_words_of_its_error(world: World) -> None:
    world.begin("begin_badly")
    world.host.settle()
    (step,) = [step for step in world.steps() if step.name == "chain.on_chain_begun"]
    assert (step.status, step.details["error"]) == ("parked", "RuntimeError")
    assert "13800000000" not in str(world.steps())
    with world.sessions.begin() as session:
        session.execute(update(Parked).values(settled_at=clock.system_now(), settled_as="discarded"))
    (step,) = [step for step in world.steps() if step.name == "chain.on_chain_begun"]
    assert step.status == "discarded"


def test_a_trace_is_found_by_every_id_in_it(world: World) -> None:
    world.begin()
    world.host.settle()
    for step in world.steps():
        if step.kind != "handled":
            assert tracing.find_trace(world.sources, step.id) == TRACE, step
    (command,) = [step for step in world.steps() if step.kind == "command"]
    assert tracing.find_trace(world.sources, str(tracing.command_uuid(command.id))) == TRACE
    for unknown in ("evt_00000000000000000000000000", "cmd_00000000000000000000000000", "nonsense", "tmr_x"):
        assert tracing.find_trace(world.sources, unknown) is None


def test_after_pruning_the_rest_is_still_a_tree(world: World) -> None:
    world.begin()
    world.host.settle()
    with world.sessions.begin() as session:
        session.execute(delete(OutboxEvent).where(OutboxEvent.name == "chain_begun"))
        session.execute(delete(CommandLog))
    (gone,) = world.tree()
    assert (gone.step.name, gone.step.status) == ("?", "pruned")
    assert gone.step.at is not None  # its id says when
    assert set(shape(gone.children)) == {"event chain_followed", "timer ring", "job count"}


def test_looking_up_a_trace_reads_an_index_and_no_table(world: World) -> None:
    queries = [
        "SELECT * FROM outbox WHERE headers ->> 'cloudEvents_correlationid' = 'x'",
        *(f"SELECT * FROM {table} WHERE trace_id = 'x'" for table in ("command_log", "timer", "job")),
    ]
    with world.engine.connect() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        for query in queries:
            plan = "\n".join(connection.scalars(text(f"EXPLAIN {query}")))
            assert "Seq Scan" not in plan, plan
            assert "_trace" in plan, plan
