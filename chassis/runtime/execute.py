"""How each of the five words is carried out, whatever the host: verification, transaction, idempotency, rendering."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import marshmallow
import msgspec
import structlog
from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from chassis import clock, config, context, crash, db, ids, inbox, logging, revocations
from chassis.actor import PUBLIC, Actor, public_actor, system_actor
from chassis.codes import ChassisCode
from chassis.context import Context
from chassis.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    StaleError,
    UnauthenticatedError,
    UnavailableError,
)
from chassis.events import Envelope
from chassis.operations import ANYONE, Operation
from chassis.runtime import retrying
from chassis.runtime.entrypoints import ANY_EVENT, entrypoints
from chassis.runtime.service import Service
from chassis.tables import CommandLog
from chassis.tokens import Verifier

log = logging.get(__name__)
_ENCODER = msgspec.json.Encoder(order="sorted")
_TAKEN = {"23505", "23P01"}  # unique_violation, exclusion_violation
_CLAIM = (
    insert(CommandLog)
    .values({name: bindparam(name) for name in ("command_id", "operation", "request_hash", "done_at", "trace_id")})
    .on_conflict_do_nothing()
    .returning(CommandLog.command_id)
)
_STORE = (
    update(CommandLog).where(CommandLog.command_id == bindparam("this_command")).values(reply=bindparam("this_reply"))
)


class Executor:
    """Carries out one service's words against its database. Thread- and greenlet-safe: holds no request state."""

    def __init__(
        self,
        service: Service,
        sessions: sessionmaker[Session],
        verifier: Verifier | None,
        readers: sessionmaker[Session] | None = None,
    ) -> None:
        self.service = service
        self.sessions = sessions
        self.readers = readers or db.make_readers(sessions.kw["bind"])
        self.verifier = verifier
        self.revoked = revocations.Revocations(self.readers)
        self._marks = entrypoints(service.cls)
        self._operations = {operation.name: operation for operation in service.operations}
        self._inputs = {name: operation.input() for name, operation in self._operations.items()}
        self._hidden = {name: _load_only(schema) for name, schema in self._inputs.items()}
        self._handlers = service.handlers()

    # reads and writes -------------------------------------------------------------------------------------------

    def call(self, method: str, kwargs: Mapping[str, Any], headers: Mapping[str, Any]) -> Any:
        """An RPC or command by name; raises :class:`chassis.errors.FootprintError` kinds only for what it foresaw.

        ``headers``: ``authorization`` (token), ``command_id`` (uuid), ``trace_id``, ``street`` (narrows the actor).
        """
        operation = self._operations.get(method)
        mark = self._marks.get(method)
        if operation is None or mark is None or mark.word != operation.kind:
            raise NotFoundError(ChassisCode.OPERATION_NOT_FOUND, operation=method)
        actor = self._admit(operation, headers)
        arguments = self._load(operation, kwargs)
        ctx = Context(service=self.service.name, actor=actor, trace_id=headers.get("trace_id") or new_trace_id())
        with logged(ctx, operation=method), translated():
            if operation.kind == "rpc":
                return self._read(method, arguments, ctx)
            reply = self._command(operation, arguments, ctx, headers.get("command_id"))
            crash.point("command.after_commit")
            log.info("command_done")
            return reply

    def _admit(self, operation: Operation, headers: Mapping[str, Any]) -> Actor:
        token, street = headers.get("authorization"), headers.get("street")
        if token and self.verifier is not None:
            actor = narrow(self.verifier.actor(token), street)
            with translated():
                self.revoked.check(actor)
        else:
            actor = public_actor(config.DISTRICT.get(), (street,) if street else ())
        if actor.scopes is not None and f"{self.service.name}.{operation.name}" not in actor.scopes:
            raise ForbiddenError(ChassisCode.SCOPE_FORBIDDEN, operation=operation.name)
        if ANYONE in operation.roles or actor.role in operation.roles:
            return actor
        if actor.role == PUBLIC:
            raise UnauthenticatedError(ChassisCode.ACTOR_UNAUTHENTICATED)
        raise ForbiddenError(ChassisCode.ACTOR_FORBIDDEN, role=actor.role, operation=operation.name)

    def _load(self, operation: Operation, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        try:
            loaded: dict[str, Any] = self._inputs[operation.name].load(dict(kwargs))
            return loaded
        except marshmallow.ValidationError as error:
            raise InvalidError(ChassisCode.REQUEST_INVALID, fields=error.messages) from error

    def _read(self, method: str, arguments: Mapping[str, Any], ctx: Context) -> Any:
        with self.readers() as session:
            ctx = self._widened(session, ctx)
            context.bind(session, ctx)
            return getattr(self.service.cls(), method)(session, actor=ctx.actor, **arguments)

    def _command(self, operation: Operation, arguments: dict[str, Any], ctx: Context, command_id: str | None) -> Any:
        if command_id and not _is_uuid(command_id):
            raise InvalidError(ChassisCode.REQUEST_INVALID, fields={"command_id": ["Not a UUID."]})
        if command_id:
            ctx = replace(ctx, causation_id=ids.encode("cmd", uuid.UUID(command_id)))
        with self.sessions.begin() as session:
            ctx = self._widened(session, ctx)
            context.bind(session, ctx)
            if command_id:
                # a secret's hash could be guessed (a ballot has few choices, a password may be weak): keep none
                digest = _digest(operation.name, ctx.actor, self._shown(operation, arguments))
                stored = claim_command(session, command_id, operation.name, digest)
                if stored is not None and not operation.repeats:
                    return self._answer_again(session, operation, stored, ctx)
            reply = plain(getattr(self.service.cls(), operation.name)(session, actor=ctx.actor, **arguments))
            if command_id:
                stored = self._storable(operation, reply)
                session.connection().execute(_STORE, {"this_command": command_id, "this_reply": stored})
            crash.point("command.before_commit")
            return reply

    def _widened(self, session: Session, ctx: Context) -> Context:
        widen = self.service.widen
        return ctx if widen is None else replace(ctx, actor=widen(session, ctx.actor))

    def _shown(self, operation: Operation, arguments: dict[str, Any]) -> dict[str, Any]:
        """Without what is only ever loaded (a password): not even a fast hash of it may be stored."""
        hidden = self._hidden[operation.name]
        return {} if operation.secret else {name: value for name, value in arguments.items() if name not in hidden}

    def _storable(self, operation: Operation, reply: Any) -> Any:
        if operation.secret:
            return {"secret": True}
        if operation.reread is None or not isinstance(reply, dict):
            return {"reply": reply}
        wanted = self._inputs[operation.reread].fields
        return {"ids": {name: reply[name] for name in wanted if name in reply}}

    def _answer_again(self, session: Session, operation: Operation, stored: Any, ctx: Context) -> Any:
        if "ids" in stored and operation.reread:
            arguments = self._inputs[operation.reread].load(stored["ids"])
            return plain(getattr(self.service.cls(), operation.reread)(session, actor=ctx.actor, **arguments))
        if stored.get("secret"):
            raise ConflictError(ChassisCode.COMMAND_KEY_REUSED)
        return stored.get("reply")

    # events, timers, periodic -----------------------------------------------------------------------------------

    def handle(self, envelope: Envelope, *, event: str | None = None, retried: bool = False) -> bool:
        """Apply an event with the handler of ``event`` (default: its own name); ``False``: it was applied before.

        ``retried``: it went through a retry tier, so that its row there goes with this transaction.
        """
        name = event or envelope.name
        method = self._handlers[name]
        handler = self.service.queue_of(name)
        actor = system_actor(handler, envelope.district_code)
        ctx = Context(service=self.service.name, actor=actor, trace_id=envelope.trace_id, causation_id=envelope.id)
        decoded: Any = envelope if name == ANY_EVENT else envelope.decode()
        with logged(ctx, handler=handler, event_id=envelope.id):
            with self.sessions.begin() as session:
                context.bind(session, ctx)
                if retried:
                    retrying.forget(session, queue=handler, event_id=envelope.id)
                if not inbox.accept(session, handler=handler, event_id=envelope.id):
                    return False
                arguments = (decoded, envelope) if self._marks[method].together == 1 else ([envelope],)
                getattr(self.service.cls(), method)(session, *arguments)
                crash.point("event.after_effect")
            crash.point("event.after_commit")
            log.info("event_handled", subject=envelope.subject, version=envelope.subject_version)
        return True

    @contextmanager
    def system_session(
        self, name: str, district_code: str, trace_id: str | None = None, *, causation_id: str | None = None
    ) -> Iterator[Session]:
        """A committed transaction of a timer, periodic task or job, acting as the system."""
        ctx = Context(
            service=self.service.name,
            actor=system_actor(name, district_code),
            trace_id=trace_id or new_trace_id(),
            causation_id=causation_id,
        )
        with logged(ctx, task=name), self.sessions.begin() as session:
            context.bind(session, ctx)
            yield session


def claim_command(session: Session, command_id: str, operation: str, digest: str) -> Any:
    """Reserve the command id (waiting for a concurrent twin), or return what was stored for it.

    Raises :class:`InvalidError` when the id was used for another request.
    """
    values = {
        "command_id": command_id,
        "operation": operation,
        "request_hash": digest,
        "done_at": clock.system_now(),
        "trace_id": context.of(session).trace_id,
    }
    made = session.connection().execute(_CLAIM, values).scalar_one_or_none()
    if made is not None:
        return None
    row = session.get_one(CommandLog, command_id)
    if row.operation != operation or row.request_hash != digest:
        raise InvalidError(ChassisCode.COMMAND_KEY_REUSED)
    return row.reply


def narrow(actor: Actor, street: str | None) -> Actor:
    """A street gateway shows only its own street: intersect, never widen."""
    if not street:
        return actor
    if actor.street_codes and street not in actor.street_codes:
        raise ForbiddenError(ChassisCode.STREET_FORBIDDEN, street_code=street)
    return replace(actor, street_codes=(street,))


def _load_only(schema: marshmallow.Schema) -> set[str]:
    return {field.attribute or name for name, field in schema.fields.items() if field.load_only}


def plain(value: Any) -> Any:
    """Plain JSON types: only these cross a boundary."""
    return msgspec.to_builtins(value)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def new_trace_id() -> str:
    """A W3C trace id: 32 hex digits."""
    return secrets.token_hex(16)


def _digest(operation: str, actor: Actor, arguments: Mapping[str, Any]) -> str:
    body = _ENCODER.encode([operation, actor.account_id, actor.role, msgspec.to_builtins(arguments)])
    return hashlib.sha256(body).hexdigest()


@contextmanager
def logged(ctx: Context, **fields: Any) -> Iterator[None]:
    """Bind trace id, actor and what runs to every log line inside."""
    with structlog.contextvars.bound_contextvars(
        trace_id=ctx.trace_id, actor=ctx.actor.account_id or ctx.actor.name, role=ctx.actor.role, **fields
    ):
        yield


@contextmanager
def translated() -> Iterator[None]:
    """Storage's own words for a race or an outage, in ours."""
    try:
        yield
    except StaleDataError as error:
        raise StaleError(ChassisCode.ROW_STALE) from error
    except IntegrityError as error:
        if getattr(error.orig, "pgcode", None) in _TAKEN:  # two looked, found nothing, and both wrote it
            raise ConflictError(ChassisCode.ROW_EXISTS) from error
        raise
    except OperationalError as error:
        raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise UnavailableError(ChassisCode.SERVICE_UNAVAILABLE) from error
        raise
