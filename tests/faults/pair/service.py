"""Front counts and tells; back hears, keeps a copy and answers; front hears the answer. Every effect leaves a row.

A command may leave a job or a timer behind, and both have a periodic task: these are clocks and long work of the pair.

The ``effect`` table has no unique key on what happened: something that happens twice is two rows.
"""

from __future__ import annotations

import os
import random
import time
from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import BigInteger, Integer, String, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import clock, context, db, jobs, outbox, timers
from chassis.actor import Actor
from chassis.events import Envelope, Event, event
from chassis.operations import command as command_row
from chassis.runtime.entrypoints import command, every, on_event, timer
from chassis.runtime.jobrunner import JobRun
from chassis.runtime.service import Service
from chassis.tables import OutboxEvent, OutboxWaiting, Periodic

# A world's names are its own: several may share one broker.
SUFFIX = os.environ.get("FAULTS_SUFFIX", "")
FRONT_NAME, BACK_NAME = f"front{SUFFIX}", f"back{SUFFIX}"
JOBS = {"job": (3, 0.02), "long_job": (12, 0.4)}  # steps, and seconds before each


class Base(db.Model):
    """Tables of the pair; both databases have all of them."""

    __abstract__ = True
    metadata = db.new_metadata()


class Tally(Base):
    """Front's fact: how often it was raised."""

    __tablename__ = "tally"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class Known(Base):
    """Back's copy of a tally, kept by events; a stale event must not move it back."""

    __tablename__ = "known"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger)


class Effect(Base):
    """Something happened: ``kind`` command, raised, seen, job, timer or turn; ``key`` whose id it has.

    A job's are its steps, numbered by ``value``; a turn's key is when the next turn of the periodic task may be taken.
    """

    __tablename__ = "effect"
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(60))
    value: Mapped[int] = mapped_column(Integer)
    happened_at: Mapped[datetime]


class Healed(Base):
    """While a kind of failure has no row here, handlers of events of that mood fail."""

    __tablename__ = "healed"
    mood: Mapped[str] = mapped_column(String(20), primary_key=True)


@event(owner=FRONT_NAME, subject="tally_id", handled_by=(BACK_NAME,))
class TallyRaised(Event):
    """A tally went up. ``mood`` says what becomes of it: ok, fail_back, fail_front, hog."""

    tally_id: str
    value: int
    mood: str = "ok"
    seconds: float = 0


@event(owner=BACK_NAME, subject="tally_id", handled_by=(FRONT_NAME,))
class TallySeen(Event):
    """Back has taken note."""

    tally_id: str
    value: int
    mood: str = "ok"


class RaiseTally(Schema):
    """``held``: the relay leaves its event alone; the suite delivers it by hand. ``later``: job, long_job or timer."""

    tally_id = fields.String(required=True)
    request_id = fields.String(required=True)
    mood = fields.String(load_default="ok")
    seconds = fields.Float(load_default=0.0)
    held = fields.Boolean(load_default=False)
    later = fields.String(load_default="")


def note(session: Session, kind: str, key: str, subject: str, value: int) -> None:
    session.add(Effect(kind=kind, key=key, subject=subject, value=value, happened_at=clock.system_now()))
    session.flush()


def _fail_unless_healed(session: Session, mood: str, here: str) -> None:
    if mood == here and session.get(Healed, mood) is None:
        raise RuntimeError(f"the handler does not like {mood}")


def _burn(seconds: float) -> None:
    """What a handler must not do (F5): hold the processor, and with it heartbeats and everybody else."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        sum(range(1000))


class Clocks:
    """What fires by itself, at front and at back."""

    @timer
    def note_timer(self, session: Session, *, actor: Actor, now: datetime, asked_by: str) -> None:
        note(session, "timer", context.of(session).causation_id or "", asked_by, 1)

    @every(seconds=0.5)
    def note_turn(self, session: Session) -> None:
        turn = session.scalar(select(Periodic.next_at).where(Periodic.name == "note_turn"))
        note(session, "turn", str(turn), "note_turn", 1)


def climb(run: JobRun, *, request_id: str, steps: int, pause: float) -> dict[str, int]:
    """A job of several transactions. It asks once how far an attempt before it came, and goes on from there."""
    with run.transaction() as session:
        mine = select(func.max(Effect.value)).where(Effect.kind == "job", Effect.key == run.job_id)
        done = session.scalar(mine) or 0
    for step in range(done + 1, steps + 1):
        time.sleep(pause)
        with run.transaction() as session:
            note(session, "job", run.job_id, request_id, step)
        run.progress(step, steps)
    return {"steps": steps}


def leave_behind(session: Session, later: str, asked_by: str) -> None:
    """A job or a timer, in the transaction of whoever wants it."""
    if later == "timer":
        due_at = clock.system_now() + timedelta(seconds=random.uniform(0, 1))
        district = context.of(session).actor.district_code
        timers.schedule(session, "note_timer", due_at=due_at, district_code=district, asked_by=asked_by)
    elif later in JOBS:
        steps, pause = JOBS[later]
        jobs.enqueue(session, "climb", total=steps, request_id=asked_by, steps=steps, pause=pause)


class Front(Clocks):
    """Counts."""

    @command
    def raise_tally(
        self,
        session: Session,
        *,
        actor: Actor,
        tally_id: str,
        request_id: str,
        mood: str,
        seconds: float,
        held: bool,
        later: str,
    ) -> dict[str, Any]:
        statement = (
            insert(Tally)
            .values(id=tally_id, value=1)
            .on_conflict_do_update(index_elements=["id"], set_={"value": Tally.value + 1})
            .returning(Tally.value)
        )
        value = session.execute(statement).scalar_one()
        note(session, "command", request_id, tally_id, value)
        sent = outbox.record(session, TallyRaised(tally_id=tally_id, value=value, mood=mood, seconds=seconds))
        if held:
            position = select(OutboxEvent.position).where(OutboxEvent.id == sent).scalar_subquery()
            session.execute(delete(OutboxWaiting).where(OutboxWaiting.position == position))
        leave_behind(session, later, request_id)
        return {"tally_id": tally_id, "value": value, "request_id": request_id}

    @on_event(TallySeen)
    def on_tally_seen(self, session: Session, event: TallySeen, envelope: Envelope) -> None:
        note(session, "seen", envelope.id, event.tally_id, event.value)
        _fail_unless_healed(session, event.mood, "fail_front")


class Back(Clocks):
    """Keeps a copy."""

    @on_event(TallyRaised)
    def on_tally_raised(self, session: Session, event: TallyRaised, envelope: Envelope) -> None:
        note(session, "raised", envelope.id, event.tally_id, event.value)
        _fail_unless_healed(session, event.mood, "fail_back")
        if event.mood == "hog":
            _burn(event.seconds)
        statement = insert(Known).values(id=event.tally_id, value=event.value, version=envelope.subject_version)
        newer = {"value": statement.excluded.value, "version": statement.excluded.version}
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["id"], set_=newer, where=Known.version < statement.excluded.version
            )
        )
        outbox.record(session, TallySeen(tally_id=event.tally_id, value=event.value, mood=event.mood))
        if event.value % 3 == 0:
            leave_behind(session, "timer", envelope.id)


def known_value(session: Session, tally_id: str) -> int | None:
    return session.scalar(select(Known.value).where(Known.id == tally_id))


OPERATIONS = (command_row("raise_tally", RaiseTally, None, roles=("bureau",), zh="加", en="Raise"),)
FRONT = Service(name=FRONT_NAME, cls=Front, operations=OPERATIONS, metadata=(Base.metadata,), jobs={"climb": climb})
BACK = Service(name=BACK_NAME, cls=Back, metadata=(Base.metadata,))
BY_ROLE = {"front": FRONT, "back": BACK}
