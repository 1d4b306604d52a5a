"""Notes: written by a command, seen by the handler of its event."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy import String, func
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import db, ids, outbox
from chassis.actor import Actor
from chassis.events import Envelope, Event, event
from chassis.operations import command as command_row
from chassis.runtime.entrypoints import command, on_event
from chassis.runtime.service import Service
from chassis.runtime.standard import OPERATIONS, Housekeeping

NAME = "bench_notes"


class Base(db.Model):
    """Tables of the notes."""

    __abstract__ = True
    metadata = db.new_metadata()


class Note(Base):
    """What was written, and when by the database's clock."""

    __tablename__ = "note"
    id: Mapped[str] = db.key("nte")
    words: Mapped[str] = mapped_column(String(200))
    written_at: Mapped[datetime]


class Seen(Base):
    """The effect."""

    __tablename__ = "seen"
    note_id: Mapped[str] = mapped_column(db.TypeId("nte"), primary_key=True)
    seen_at: Mapped[datetime]


@event(owner=NAME, subject="note_id", handled_by=(NAME,))
class NoteWritten(Event, frozen=True):
    """Somebody wrote a note."""

    note_id: str
    words: str


class WriteNote(Schema):
    """What to write."""

    words = fields.String(required=True)


class Notes(Housekeeping):
    """Write, see."""

    @command
    def write_note(self, session: Session, *, actor: Actor, words: str) -> dict[str, Any]:
        note = Note(id=ids.new_id("nte"), words=words, written_at=func.clock_timestamp())
        session.add(note)
        session.flush()
        outbox.record(session, NoteWritten(note_id=note.id, words=words))
        return {"note_id": note.id}

    @on_event(NoteWritten)
    def on_note_written(self, session: Session, event: NoteWritten, envelope: Envelope) -> None:
        session.add(Seen(note_id=event.note_id, seen_at=func.clock_timestamp()))
        session.flush()


WRITE = command_row("write_note", WriteNote, None, roles=("bureau",), zh="写", en="Write")
SERVICE = Service(name=NAME, cls=Notes, operations=(*OPERATIONS, WRITE), metadata=(Base.metadata,))
