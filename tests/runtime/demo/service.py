"""Counters: everything the seam promises, on one table. The service's name is unique to a test run."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import BigInteger, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import clock, db, jobs, outbox, timers
from chassis.actor import Actor
from chassis.codes import Code
from chassis.errors import ConflictError, NotFoundError
from chassis.events import Envelope, Event, event
from chassis.fields import Id
from chassis.operations import command as command_row
from chassis.operations import rpc as rpc_row
from chassis.runtime.entrypoints import command, every, on_event, rpc, timer
from chassis.runtime.jobrunner import JobRun
from chassis.runtime.offload import offload
from chassis.runtime.service import Service
from chassis.runtime.standard import OPERATIONS, Housekeeping

NAME = os.environ.get("DEMO_NAME", "demo")


class DemoCode(Code):
    """What the demo refuses."""

    COUNTER_NOT_FOUND = "counter_not_found", "没有这个计数器", "No such counter"
    COUNTER_FULL = "counter_full", "计数器已满", "The counter is full"


class Base(db.Model):
    """Tables of the demo."""

    __abstract__ = True
    metadata = db.new_metadata()


class Counter(Base, db.Tenanted, db.Versioned):
    """Counts."""

    __tablename__ = "counter"
    id: Mapped[str] = db.key("cnt")
    value: Mapped[int] = mapped_column(BigInteger)


class Effect(Base):
    """One row for each time something had an effect: the ledger of these tests."""

    __tablename__ = "effect"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60))
    note: Mapped[dict[str, Any]]


@event(owner=NAME, subject="counter_id", handled_by=(NAME,))
class CounterRaised(Event):
    """A counter went up. ``mood`` tells the handler what to do: ok, fail, shut (until opened), slow."""

    counter_id: str
    value: int
    mood: str = "ok"
    seconds: float = 0


@event(owner=NAME, subject="counter_id")
class CounterLooked(Event):
    """Nobody handles this one."""

    counter_id: str


@event(owner=NAME, subject="counter_id", handled_by=(NAME,))
class CounterDrawn(Event):
    """Heard in lots. ``mood``: ok or fail."""

    counter_id: str
    mood: str = "ok"


class OneCounter(Schema):
    """Which counter."""

    counter_id = Id("cnt", required=True)


class RaiseCounter(OneCounter):
    """Raise it."""

    by = fields.Integer(load_default=1, validate=validate.Range(min=1, max=1000))
    mood = fields.String(load_default="ok")
    seconds = fields.Float(load_default=0)


class DrawCounter(OneCounter):
    """An event per mood."""

    moods = fields.List(fields.String(), required=True)


class Later(OneCounter):
    """In a while."""

    seconds = fields.Float(load_default=0)


class Slow(Schema):
    """Take your time."""

    seconds = fields.Float(load_default=0.0)


class CounterView(Schema):
    """A counter."""

    counter_id = fields.String()
    value = fields.Integer()
    version = fields.Integer()


def note(session: Session, kind: str, subject: str, **facts: Any) -> None:
    session.add(Effect(kind=kind, subject=subject, note=facts))
    session.flush()


def view(counter: Counter) -> dict[str, Any]:
    return {"counter_id": counter.id, "value": counter.value, "version": counter.version}


def find(session: Session, actor: Actor, counter_id: str, *, lock: bool = False) -> Counter:
    counter = db.get_scoped(session, Counter, counter_id, actor, lock=lock)
    if counter is None:
        raise NotFoundError(DemoCode.COUNTER_NOT_FOUND, counter_id=counter_id)
    return counter


class Demo(Housekeeping):
    """The demo's words."""

    @command
    def make_counter(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        counter = Counter(district_code=actor.district_code, value=0, created_at=clock.system_now())
        session.add(counter)
        session.flush()
        return view(counter)

    @command
    def raise_counter(
        self, session: Session, *, actor: Actor, counter_id: str, by: int, mood: str, seconds: float
    ) -> dict[str, Any]:
        counter = find(session, actor, counter_id, lock=True)
        if counter.value + by > 100:
            raise ConflictError(DemoCode.COUNTER_FULL, value=counter.value, by=by)
        counter.value += by
        session.flush()
        outbox.record(session, CounterRaised(counter_id=counter_id, value=counter.value, mood=mood, seconds=seconds))
        return view(counter)

    @command
    def look_at_counter(self, session: Session, *, actor: Actor, counter_id: str) -> dict[str, Any]:
        outbox.record(session, CounterLooked(counter_id=counter_id))
        return view(find(session, actor, counter_id))

    @command
    def draw_counter(self, session: Session, *, actor: Actor, counter_id: str, moods: list[str]) -> dict[str, Any]:
        for mood in moods:
            outbox.record(session, CounterDrawn(counter_id=counter_id, mood=mood))
        return {"counter_id": counter_id}

    @command
    def ring_later(self, session: Session, *, actor: Actor, counter_id: str, seconds: float) -> dict[str, Any]:
        due = clock.now(session, actor.district_code) + timedelta(seconds=seconds)
        timers.schedule(session, "ring", due_at=due, district_code=actor.district_code, counter_id=counter_id)
        return {"counter_id": counter_id}

    @command
    def count_later(self, session: Session, *, actor: Actor, counter_id: str) -> dict[str, Any]:
        return jobs.enqueue(session, "count", counter_id=counter_id)

    @rpc
    def get_counter(self, session: Session, *, actor: Actor, counter_id: str) -> dict[str, Any]:
        return view(find(session, actor, counter_id))

    @rpc
    def break_down(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        raise ZeroDivisionError("secret of the house")

    @rpc
    def sleep_in_database(self, session: Session, *, actor: Actor, seconds: float) -> dict[str, Any]:
        session.execute(select(func.pg_sleep(seconds)))
        return {"slept": seconds}

    @on_event(CounterRaised)
    def on_counter_raised(self, session: Session, event: CounterRaised, envelope: Envelope) -> None:
        note(session, "raised", event.counter_id, value=event.value)
        if event.mood == "burn":
            offload(burn, event.seconds)
            return
        if event.mood == "doze":
            session.execute(select(func.pg_sleep(event.seconds)))
        if event.mood == "fail":
            raise RuntimeError("the handler does not like it")
        if event.mood == "shut" and session.scalar(select(Effect.number).where(Effect.kind == "opened")) is None:
            raise LookupError("still shut")
        time.sleep(event.seconds)

    @on_event(CounterDrawn, together=50)
    def on_counter_drawn(self, session: Session, envelopes: Sequence[Envelope]) -> None:
        note(session, "lot", envelopes[0].subject, count=len(envelopes))
        for envelope in envelopes:
            note(session, "drawn", envelope.subject, version=envelope.subject_version)
            if envelope.payload["mood"] == "fail":
                raise RuntimeError("the handler does not like this one")

    @timer
    def ring(self, session: Session, *, actor: Actor, now: Any, counter_id: str) -> None:
        note(session, "rang", counter_id)

    @every(seconds=2)
    def breathe(self, session: Session) -> None:
        note(session, "breathed", NAME)


def burn(seconds: float) -> None:
    """CPU work, in Python: it shares the interpreter, but not the event loop."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        hashlib.sha256(b"work").digest()


def count(run: JobRun, *, counter_id: str) -> dict[str, Any]:
    with run.transaction() as session:
        note(session, "counted", counter_id)
    return {"counted": counter_id}


ANY = ("*",)
MAKERS = ("bureau",)
DEMO_OPERATIONS = (
    *OPERATIONS,
    command_row("make_counter", None, CounterView, roles=MAKERS, zh="新建", en="Make", reread="get_counter"),
    command_row("raise_counter", RaiseCounter, CounterView, roles=MAKERS, zh="加", en="Raise", reread="get_counter"),
    command_row("look_at_counter", OneCounter, CounterView, roles=MAKERS, zh="看", en="Look"),
    command_row("draw_counter", DrawCounter, None, roles=MAKERS, zh="抽", en="Draw"),
    command_row("ring_later", Later, None, roles=MAKERS, zh="定时", en="Ring later"),
    command_row("count_later", OneCounter, None, roles=MAKERS, zh="计数", en="Count later"),
    rpc_row("get_counter", OneCounter, CounterView, roles=("bureau", "system"), zh="读", en="Read"),
    rpc_row("break_down", None, None, roles=ANY, zh="坏", en="Break"),
    rpc_row("sleep_in_database", Slow, None, roles=ANY, zh="睡", en="Sleep"),
)
SERVICE = Service(name=NAME, cls=Demo, operations=DEMO_OPERATIONS, metadata=(Base.metadata,), jobs={"count": count})
