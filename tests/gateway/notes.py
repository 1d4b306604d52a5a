"""A service of one noun, small enough to show every convention of the gateway."""

from __future__ import annotations

import sys
import time
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import BigInteger, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import clock, db, jobs
from chassis.actor import Actor
from chassis.codes import ChassisCode, Code
from chassis.errors import ConflictError, NotFoundError, UnauthenticatedError
from chassis.fields import Id, Money, PageQuery, Text, one_of, street_code
from chassis.operations import Operation
from chassis.operations import command as command_row
from chassis.operations import rpc as rpc_row
from chassis.runtime.entrypoints import command, rpc
from chassis.runtime.service import Service
from chassis.runtime.standard import Housekeeping
from chassis.standard import OPERATIONS as STANDARD
from gateway.route import Route
from tests import kit


class NoteCode(Code):
    NOTE_NOT_FOUND = "note_not_found", "没有这条便笺", "No such note"
    NOTE_SEALED = "note_sealed", "便笺已封存", "The note is sealed"
    SIGN_IN_REFUSED = "sign_in_refused", "账号或密码不对", "Wrong name or password"


class Base(db.Model):
    __abstract__ = True
    metadata = db.new_metadata()


class Note(Base, db.Tenanted, db.Versioned):
    __tablename__ = "note"
    id: Mapped[str] = db.key("nte")
    title: Mapped[str] = mapped_column(String(100))
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(20))


class NoteRef(Schema):
    note_id = Id("nte", required=True)


class DraftNote(Schema):
    title = Text(at_least=1, at_most=100, required=True)
    amount = Money(attribute="amount_fen", load_default=None, allow_none=True)
    street_code = street_code(required=True)
    tags = fields.List(Text(at_most=20), load_default=list, validate=validate.Length(max=5))


class RenameNote(NoteRef):
    title = Text(at_least=1, at_most=100, required=True)
    expected_version = fields.Integer(validate=validate.Range(min=1, max=2**31 - 1))


class NoteQuery(PageQuery):
    status = fields.List(one_of("open", "sealed"), validate=validate.Length(max=2))
    title = Text(at_most=100)


class NoteView(Schema):
    note_id = Id("nte", attribute="id")
    title = fields.String()
    amount = Money(attribute="amount_fen", allow_none=True)
    status = one_of("open", "sealed")
    street_code = street_code()
    version = fields.Integer()


class SignIn(Schema):
    name = Text(at_most=50, required=True)
    password = Text(at_most=50, required=True)


class Nap(Schema):
    seconds = fields.Float(required=True, validate=validate.Range(min=0, max=5))


class TokenView(Schema):
    token = fields.String()


OPERATIONS: tuple[Operation, ...] = (
    *STANDARD,
    command_row(
        "draft_note", DraftNote, NoteView, roles=("bureau", "street_staff"), zh="写便笺", en="Draft", reread="get_note"
    ),
    command_row("rename_note", RenameNote, NoteView, roles=("bureau",), zh="改名", en="Rename", reread="get_note"),
    command_row("seal_note", NoteRef, NoteView, roles=("bureau",), zh="封存", en="Seal", reread="get_note"),
    command_row("export_notes", None, None, roles=("bureau",), zh="导出", en="Export"),
    command_row("drop_note", NoteRef, None, roles=("bureau",), zh="删除", en="Drop"),
    command_row("sign_in", SignIn, TokenView, roles=("*",), zh="登录", en="Sign in", secret=True),
    rpc_row("get_note", NoteRef, NoteView, roles=("bureau", "street_staff"), zh="查看", en="Read"),
    rpc_row("list_notes", NoteQuery, NoteView, roles=("bureau", "street_staff"), zh="列表", en="List", many=True),
    rpc_row("take_nap", Nap, Nap, roles=("*",), zh="小睡", en="Nap"),
    rpc_row("break_down", None, None, roles=("*",), zh="出错", en="Break"),
)
ROUTES = (
    Route("POST", "/v1/notes", "notes.draft_note", status=201),
    Route("GET", "/v1/notes", "notes.list_notes"),
    Route("GET", "/v1/notes/{note_id}", "notes.get_note"),
    Route("PATCH", "/v1/notes/{note_id}", "notes.rename_note"),
    Route("DELETE", "/v1/notes/{note_id}", "notes.drop_note", status=204),
    Route("POST", "/v1/notes/{note_id}/seal", "notes.seal_note"),
    Route("POST", "/v1/note-exports", "notes.export_notes", status=202),
    Route("POST", "/v1/note-sessions", "notes.sign_in", status=201),
)
BREAKING = (Route("GET", "/v1/note-defects", "notes.break_down"),)
SLOW = (Route("GET", "/v1/note-naps", "notes.take_nap"),)
CATALOGUE = {f"notes.{row.name}": row for row in OPERATIONS}


class Notes(Housekeeping):
    @command
    def draft_note(self, session: Session, *, actor: Actor, tags: list[str], **values: Any) -> Any:
        db.check_street(actor, values["street_code"])
        now = clock.now(session, actor.district_code)
        note = Note(district_code=actor.district_code, status="open", created_at=now, **values)
        session.add(note)
        session.flush()
        return NoteView().dump(note)

    @command
    def rename_note(
        self, session: Session, *, actor: Actor, note_id: str, title: str, expected_version: int | None = None
    ) -> Any:
        note = _find(session, actor, note_id)
        db.check_version(note, expected_version)
        note.title = title
        session.flush()
        return NoteView().dump(note)

    @command
    def seal_note(self, session: Session, *, actor: Actor, note_id: str) -> Any:
        note = _find(session, actor, note_id)
        if note.status == "sealed":
            raise ConflictError(NoteCode.NOTE_SEALED, status=note.status)
        note.status = "sealed"
        session.flush()
        return NoteView().dump(note)

    @command
    def export_notes(self, session: Session, *, actor: Actor) -> Any:
        return jobs.enqueue(session, "export")

    @command
    def drop_note(self, session: Session, *, actor: Actor, note_id: str) -> None:
        session.delete(_find(session, actor, note_id))

    @command
    def sign_in(self, session: Session, *, actor: Actor, name: str, password: str) -> Any:
        if password != "right":
            raise UnauthenticatedError(NoteCode.SIGN_IN_REFUSED)
        return {"token": kit.token(kit.actor("bureau"))}

    @rpc
    def get_note(self, session: Session, *, actor: Actor, note_id: str) -> Any:
        return NoteView().dump(_find(session, actor, note_id))

    @rpc
    def list_notes(
        self,
        session: Session,
        *,
        actor: Actor,
        status: list[str] | None = None,
        title: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Any:
        statement = db.scoped(select(Note), Note, actor)
        if status:
            statement = statement.where(Note.status.in_(status))
        if title:
            statement = statement.where(Note.title == title)
        return db.page(session, statement, by=Note.id, render=NoteView().dump, cursor=cursor, limit=limit)

    @rpc
    def take_nap(self, session: Session, *, actor: Actor, seconds: float) -> Any:
        time.sleep(seconds)
        return {"seconds": seconds}

    @rpc
    def break_down(self, session: Session, *, actor: Actor) -> Any:
        raise RuntimeError("a defect with a secret inside")


def _find(session: Session, actor: Actor, note_id: str) -> Note:
    note = db.get_scoped(session, Note, note_id, actor)
    if note is None:
        raise NotFoundError(ChassisCode.OPERATION_NOT_FOUND if note_id == "" else NoteCode.NOTE_NOT_FOUND)
    return note


SERVICE = Service(name="notes", cls=Notes, operations=OPERATIONS, metadata=(Base.metadata,))
sys.modules.setdefault("services.notes.service", sys.modules[__name__])  # where tests.kit looks for it
