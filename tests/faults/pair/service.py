"""Front counts and tells; back hears, keeps a copy and answers; front hears the answer. Every effect leaves a row.

The ``effect`` table has no unique key on what happened: something that happens twice is two rows.
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import BigInteger, Integer, String, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.events import Envelope, Event, event
from chassis.operations import command as command_row
from chassis.runtime.entrypoints import command, on_event
from chassis.runtime.service import Service
from chassis.tables import OutboxEvent, OutboxWaiting

# A world's names are its own: several may share one broker.
SUFFIX = os.environ.get("FAULTS_SUFFIX", "")
FRONT_NAME, BACK_NAME = f"front{SUFFIX}", f"back{SUFFIX}"


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
    """Something happened: ``kind`` command, raised or seen; ``key`` the command's or event's id."""

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
    """``held``: the relay leaves its event alone; the suite delivers it by hand."""

    tally_id = fields.String(required=True)
    request_id = fields.String(required=True)
    mood = fields.String(load_default="ok")
    seconds = fields.Float(load_default=0.0)
    held = fields.Boolean(load_default=False)


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


class Front:
    """Counts."""

    @command
    def raise_tally(
        self, session: Session, *, actor: Actor, tally_id: str, request_id: str, mood: str, seconds: float, held: bool
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
        return {"tally_id": tally_id, "value": value, "request_id": request_id}

    @on_event(TallySeen)
    def on_tally_seen(self, session: Session, event: TallySeen, envelope: Envelope) -> None:
        note(session, "seen", envelope.id, event.tally_id, event.value)
        _fail_unless_healed(session, event.mood, "fail_front")


class Back:
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


def known_value(session: Session, tally_id: str) -> int | None:
    return session.scalar(select(Known.value).where(Known.id == tally_id))


OPERATIONS = (command_row("raise_tally", RaiseTally, None, roles=("bureau",), zh="加", en="Raise"),)
FRONT = Service(name=FRONT_NAME, cls=Front, operations=OPERATIONS, metadata=(Base.metadata,))
BACK = Service(name=BACK_NAME, cls=Back, metadata=(Base.metadata,))
BY_ROLE = {"front": FRONT, "back": BACK}
