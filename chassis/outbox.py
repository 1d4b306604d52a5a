"""The transactional outbox: a fact and its event commit together; only the relay publishes."""

from __future__ import annotations

import msgspec
from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis import clock, config, context, ids
from chassis.events import Envelope, Event, type_of
from chassis.tables import OutboxEvent, SubjectVersion

CHANNEL = "outbox"


def record(session: Session, event: Event) -> str:
    """Record an event in the caller's transaction and return its id.

    The subject's next version is taken under a row lock, so versions are gapless and follow commit order.
    """
    kind = type_of(type(event))
    ctx = context.of(session)
    district = ctx.actor.district_code
    subject = getattr(event, kind.subject_field)
    envelope = Envelope(
        id=ids.new_id("evt"),
        name=kind.name,
        source=ctx.service,
        subject=subject,
        subject_version=_next_version(session, district, subject),
        district_code=district,
        occurred_at=clock.now(session, district),
        actor=ctx.actor.to_trace(),
        trace_id=ctx.trace_id,
        causation_id=ctx.causation_id,
        payload=msgspec.to_builtins(event),
    )
    if len(msgspec.json.encode(envelope.payload)) > config.BODY_LIMIT.get():
        raise ValueError(f"{kind.name} is too large for the bus: send a reference instead")
    session.execute(insert(OutboxEvent).values(_row(session, envelope)))
    if not session.info.get("outbox_notified"):
        session.execute(text(f"NOTIFY {CHANNEL}"))
        session.info["outbox_notified"] = True
    return envelope.id


def _row(session: Session, envelope: Envelope) -> dict[str, object]:
    return {
        "id": envelope.id,
        "name": envelope.name,
        "district_code": envelope.district_code,
        "subject": envelope.subject,
        "subject_version": envelope.subject_version,
        "occurred_at": envelope.occurred_at,
        "recorded_at": clock.system_now(),
        "headers": envelope.to_headers(),
        "payload": envelope.payload,
    }


def _next_version(session: Session, district_code: str, subject: str) -> int:
    statement = (
        upsert(SubjectVersion)
        .values(district_code=district_code, subject=subject, version=1)
        .on_conflict_do_update(
            index_elements=["district_code", "subject"], set_={"version": SubjectVersion.version + 1}
        )
        .returning(SubjectVersion.version)
    )
    return session.execute(statement).scalar_one()
