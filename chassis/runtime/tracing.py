"""Following a trace through the services' databases: the chassis's tables, and what services add (``followers``)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, tuple_
from sqlalchemy.orm import Session, sessionmaker

from chassis import ids
from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.service import Service
from chassis.tables import SENT_AT, WAITS, CommandLog, InboxEvent, Job, OutboxEvent, Parked, Timer
from chassis.tracing import Step, Thread, born

_TRACE = text("headers ->> 'cloudEvents_correlationid' = :trace_id")  # as ix_outbox_trace has it


@dataclass(frozen=True, kw_only=True)
class Source:
    """A service and its database. Processes that share one (the trail's) are sources of their own."""

    service: Service
    sessions: sessionmaker[Session]

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One moment of the database: a delivery is never sent without its event. Nothing is ever written."""
        with self.sessions() as session:
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            yield session


def find_trace(sources: Iterable[Source], asked: str) -> str | None:
    """The trace id of an event, command, timer, job or whatever a service's follower knows, by its id."""
    for source in sources:
        with source.reading() as session:
            found = _find(session, asked)
            for follower in source.service.followers:
                found = found or follower.find(session, asked)
        if found:
            return found
    return None


def _find(session: Session, asked: str) -> str | None:
    command = command_uuid(asked)
    if command is not None:
        return session.scalar(select(CommandLog.trace_id).where(CommandLog.command_id == str(command)))
    if ids.is_id("evt", asked):
        headers = session.scalar(select(OutboxEvent.headers).where(OutboxEvent.id == asked))
        headers = headers or session.scalar(select(Parked.headers).where(Parked.event_id == asked).limit(1))
        return str((headers or {}).get("cloudEvents_correlationid") or "") or None
    if ids.is_id("tmr", asked):
        return session.scalar(select(Timer.trace_id).where(Timer.id == asked))
    return session.scalar(select(Job.trace_id).where(Job.id == asked))


def command_uuid(asked: str) -> uuid.UUID | None:
    """A command's id as it is stored, from ``cmd_…`` or a UUID."""
    try:
        return ids.decode("cmd", asked) if asked.startswith("cmd_") else uuid.UUID(asked)
    except ValueError:
        return None


def follow(sources: Sequence[Source], trace_id: str) -> list[Step]:
    """Every step of the trace, in no order.

    Twice: what a service tells of may name events whose outbox rows are gone, and these were handled too.
    """
    found: dict[tuple[str, str], Step] = {}
    thread = Thread(trace_id=trace_id)
    for source in sources:
        with source.reading() as session:
            _add(found, [] if source.service.database else _own(session, source.service, trace_id))
            _add(found, _told(session, source.service, thread))
    thread = _thread(trace_id, found.values())
    for source in sources:
        with source.reading() as session:
            _add(found, _handled(session, source.service, thread, found))
            _add(found, _told(session, source.service, thread))
    _add(found, _forgotten(found.values()))
    return list(found.values())


def follow_event(sources: Sequence[Source], event_id: str, district_code: str) -> list[Step]:
    """What is left of an event nobody knows the trace of: its entry, and who applied it."""
    found: dict[tuple[str, str], Step] = {}
    thread = Thread(trace_id="", events={event_id: "?"}, districts=(district_code,))
    for source in sources:
        with source.reading() as session:
            _add(found, (step for step in _told(session, source.service, thread) if step.event))
    thread = _thread("", found.values())
    for source in sources:
        with source.reading() as session:
            _add(found, _handled(session, source.service, thread, found))
    _add(found, _forgotten(found.values()))
    return list(found.values())


def _add(found: dict[tuple[str, str], Step], steps: Iterable[Step]) -> None:
    for step in steps:
        found.setdefault(step.key, step)


def _told(session: Session, service: Service, thread: Thread) -> list[Step]:
    return [step for follower in service.followers for step in follower.follow(session, thread)]


def _thread(trace_id: str, steps: Iterable[Step]) -> Thread:
    known = list(steps)
    return Thread(
        trace_id=trace_id,
        events=dict(step.event for step in known if step.event),
        districts=tuple(sorted({step.details["district"] for step in known if "district" in step.details})),
    )


def _own(session: Session, service: Service, trace_id: str) -> list[Step]:
    """Commands, events, timers and jobs of the trace in one database."""
    name = service.name
    commands = session.scalars(select(CommandLog).where(CommandLog.trace_id == trace_id))
    events = session.execute(select(OutboxEvent, WAITS, SENT_AT).where(_TRACE.bindparams(trace_id=trace_id)))
    timers = session.scalars(select(Timer).where(Timer.trace_id == trace_id))
    jobs = session.scalars(select(Job).where(Job.trace_id == trace_id))
    return [
        *(_command(row, name) for row in commands),
        *(_event(*row) for row in events),
        *(_timer(row, name) for row in timers),
        *(_job(row, name) for row in jobs),
    ]


def _command(row: CommandLog, service: str) -> Step:
    key = ids.encode("cmd", uuid.UUID(row.command_id))
    return Step(kind="command", id=key, name=row.operation, service=service, at=row.done_at)


def _event(row: OutboxEvent, waits: bool, sent_at: datetime | None) -> Step:
    headers = row.headers
    return Step(
        kind="event",
        id=row.id,
        name=row.name,
        service=str(headers["cloudEvents_source"]).rpartition("/")[2],
        at=row.recorded_at,
        status="unsent" if waits else "sent",
        until=None if waits else sent_at,
        cause=headers.get("cloudEvents_causationid") or None,
        event=(row.id, row.name),
        details={"district": row.district_code, "subject": row.subject, "version": row.subject_version},
    )


def _timer(row: Timer, service: str) -> Step:
    status = "cancelled" if row.cancelled_at else "fired" if row.fired_at else "failing" if row.error else "waiting"
    return Step(
        kind="timer",
        id=row.id,
        name=row.name,
        service=service,
        at=born("tmr", row.id),
        status=status,
        until=row.fired_at or row.cancelled_at,
        cause=row.causation_id,
        details={"due_at": row.due_at.isoformat(), "attempts": row.attempts},
    )


def _job(row: Job, service: str) -> Step:
    return Step(
        kind="job",
        id=row.id,
        name=row.name,
        service=service,
        at=row.created_at,
        status=row.status,
        until=row.finished_at,
        cause=row.causation_id,
        details={"attempts": row.attempts},
    )


def _handled(session: Session, service: Service, thread: Thread, found: Mapping[tuple[str, str], Step]) -> list[Step]:
    """What this service's handlers made of the thread's events: applied, parked, or not yet."""
    asked = {(service.queue_of(name), event_id): (event_id, event) for event_id, event, name in _heard(service, thread)}
    if not asked:
        return []
    keys = tuple_(InboxEvent.handler, InboxEvent.event_id).in_(list(asked))
    applied = {(row.handler, row.event_id): row for row in session.scalars(select(InboxEvent).where(keys))}
    parked = _parked(session, list(thread.events))
    steps = []
    for key, event in asked.items():
        step = Step(
            kind="handled", id=" ".join(key), name=key[0], service=service.name, at=None, cause=event[0], event=event
        )
        sent = found.get(("event", event[0]))
        if key in applied:
            steps.append(replace(step, at=applied[key].received_at))
        elif key in parked:
            steps.append(_held(step, parked[key]))
        elif sent is not None:  # of an event whose row is gone nobody can say that it still waits
            steps.append(replace(step, status="unsent" if sent.status == "unsent" else "waiting"))
    return steps


def _heard(service: Service, thread: Thread) -> Iterator[tuple[str, str, str]]:
    """``(event id, event, name of the handler)``: a handler of its own, or the one that hears everything."""
    handlers = service.handlers()
    for event_id, event in thread.events.items():
        for name in {event, ANY_EVENT} & set(handlers):
            yield event_id, event, name


def _parked(session: Session, events: list[str]) -> dict[tuple[str, str], Parked]:
    """The latest parking of each, by queue and event."""
    rows = session.scalars(select(Parked).where(Parked.event_id.in_(events)).order_by(Parked.parked_at))
    return {(row.queue, str(row.event_id)): row for row in rows}


def _held(step: Step, row: Parked) -> Step:
    """The kind of error only: its text may quote anything."""
    details: dict[str, Any] = {
        "parked_id": row.id,
        "error": row.error.partition(":")[0][:80],
        "fingerprint": row.fingerprint[:12],
    }
    status = row.settled_as or "parked"
    return replace(step, status=status, until=row.settled_at, at=row.parked_at, details=details)


def _forgotten(steps: Iterable[Step]) -> list[Step]:
    """Events others tell of, or were caused by, whose own row was pruned; of a cause the name is not known."""
    known = list(steps)
    rows = {step.id for step in known if step.kind == "event"}
    named = {step.event for step in known if step.event and step.event[0] not in rows}
    told = rows | {key for key, _ in named}
    causes = {step.cause for step in known if step.cause and ids.is_id("evt", step.cause)}
    named |= {(cause, "?") for cause in causes - told}
    return [
        Step(kind="event", id=key, name=name, service="", at=born("evt", key), status="pruned", event=(key, name))
        for key, name in sorted(named)
    ]
