"""The transactional outbox: a fact and its event commit together; only the relay publishes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import DateTime, String, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from chassis import clock, config, context, db, ids
from chassis.events import Envelope, Event, type_of

CHANNEL = "outbox"
_INSTANT = DateTime(timezone=True)
# One round trip: the subject's next version under its row lock, the event with it, that it waits, and the relay's
# wake-up. The position is named: its default is for processes that know nothing of outbox_waiting (decision 0011).
RECORD = text(
    f"""
WITH counted AS (
    INSERT INTO subject_version (district_code, subject, version) VALUES (:district_code, :subject, 1)
    ON CONFLICT (district_code, subject) DO UPDATE SET version = subject_version.version + 1
    RETURNING version
), recorded AS (
    INSERT INTO outbox
        (position, id, name, district_code, subject, subject_version, occurred_at, recorded_at, headers, payload)
    SELECT nextval('outbox_position'), :id, :name, :district_code, :subject, version, :occurred_at, :recorded_at,
        CAST(:headers AS jsonb) || jsonb_build_object('cloudEvents_subjectversion', version), CAST(:payload AS jsonb)
    FROM counted
    RETURNING position
), waits AS (
    INSERT INTO outbox_waiting (position) SELECT position FROM recorded
)
SELECT pg_notify('{CHANNEL}', '') FROM recorded
"""
).bindparams(
    bindparam("id", type_=db.TypeId("evt")),
    bindparam("occurred_at", type_=_INSTANT),
    bindparam("recorded_at", type_=_INSTANT),
    bindparam("headers", type_=JSONB),
    bindparam("payload", type_=JSONB),
    bindparam("subject", type_=String),
)


def record(session: Session, event: Event) -> str:
    """Record an event in the caller's transaction and return its id.

    The subject's next version is taken under a row lock, so versions are gapless and follow commit order.
    """
    envelope = envelope_of(session, event)
    record_prepared(session, [envelope])
    return envelope.id


def envelope_of(session: Session, event: Event) -> Envelope:
    """An event of the caller's transaction, before its version is counted."""
    kind = type_of(type(event))
    ctx = context.of(session)
    district = ctx.actor.district_code
    envelope = Envelope(
        id=ids.new_id("evt"),
        name=kind.name,
        source=ctx.service,
        subject=getattr(event, kind.subject_field),
        subject_version=0,  # counted by the statement
        district_code=district,
        occurred_at=clock.now(session, district),
        actor=ctx.actor.to_trace(),
        trace_id=ctx.trace_id,
        causation_id=ctx.causation_id,
        payload=msgspec.to_builtins(event),
    )
    if len(msgspec.json.encode(envelope.payload)) > config.BODY_LIMIT.get():
        raise ValueError(f"{kind.name} is too large for the bus: send a reference instead")
    return envelope


# The same for many subjects at once, each of them once: ON CONFLICT cannot count a row twice in one statement.
_MANY = text(
    f"""
WITH asked AS (
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
        number int, id uuid, name text, district_code text, subject text, occurred_at timestamptz,
        recorded_at timestamptz, headers jsonb, payload jsonb)
), counted AS (
    INSERT INTO subject_version (district_code, subject, version)
    SELECT district_code, subject, 1 FROM asked ORDER BY subject
    ON CONFLICT (district_code, subject) DO UPDATE SET version = subject_version.version + 1
    RETURNING district_code, subject, version
), recorded AS (
    INSERT INTO outbox
        (position, id, name, district_code, subject, subject_version, occurred_at, recorded_at, headers, payload)
    SELECT nextval('outbox_position'), id, name, district_code, subject, version, occurred_at, recorded_at,
        headers || jsonb_build_object('cloudEvents_subjectversion', version), payload
    FROM asked JOIN counted USING (district_code, subject) ORDER BY number
    RETURNING position
), waits AS (
    INSERT INTO outbox_waiting (position) SELECT position FROM recorded
)
SELECT pg_notify('{CHANNEL}', '') FROM (SELECT count(*) FROM recorded) AS all_of_them
"""
).bindparams(bindparam("rows", type_=JSONB))


def record_many(session: Session, events: Sequence[Event]) -> None:
    """:func:`record` for bulk work: one statement for all. Every subject at most once; ``ValueError`` otherwise."""
    record_prepared(session, [envelope_of(session, event) for event in events])


def record_prepared(session: Session, made: Sequence[Envelope]) -> None:
    """The same of :func:`envelope_of`'s, for rows that hold the id of their event: they are written once."""
    session.flush()
    if len(made) < 2:  # one alone takes the plain statement
        for envelope in made:
            session.connection().execute(RECORD, row_of(envelope))
        return
    if len({envelope.subject for envelope in made}) != len(made):
        raise ValueError("a subject is told of twice: record these events one by one")
    rows = [
        {**row_of(envelope), "id": str(ids.decode("evt", envelope.id)), "number": number}
        for number, envelope in enumerate(made)
    ]
    session.connection().execute(_MANY, {"rows": msgspec.to_builtins(rows)})


def row_of(envelope: Envelope) -> dict[str, object]:
    """The parameters of :data:`RECORD`."""
    return {
        "id": envelope.id,
        "name": envelope.name,
        "district_code": envelope.district_code,
        "subject": envelope.subject,
        "occurred_at": envelope.occurred_at,
        "recorded_at": clock.system_now(),
        "headers": envelope.to_headers(),
        "payload": envelope.payload,
    }
