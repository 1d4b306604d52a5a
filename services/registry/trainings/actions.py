"""Writes of training sessions: plan, change, publish, close, cancel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts import roles
from contracts.registry.codes_training import TrainingCode
from contracts.registry.events_training import (
    TrainingCancelled,
    TrainingClosed,
    TrainingMoved,
    TrainingPlanned,
    TrainingPublished,
    TrainingRecognised,
)
from services.registry.places.queries import check_streets
from services.registry.programmes import actions as programmes
from services.registry.programmes.queries import find as find_programme
from services.registry.told import streets
from services.registry.trainings import domain, qualifying, queries
from services.registry.trainings.models import TrainingAttendance, TrainingSession


def plan_training(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    secret: str,
    starts_at: datetime,
    ends_at: datetime,
    street_code: str | None = None,
    hub_id: str | None = None,
    programme_id: str | None = None,
    **told: Any,
) -> dict[str, Any]:
    """``secret``: fresh randomness of at least 128 bits, as text."""
    db.check_street(actor, street_code)
    if street_code is not None:
        check_streets(session, actor.district_code, [street_code])
    domain.check_time(starts_at, ends_at, now)
    if hub_id is not None or actor.role == roles.HUB:
        hub_id = programmes.hub_of(session, actor, hub_id)
    if programme_id is not None:
        _check_programme(session, actor, programme_id, hub_id)
    row = TrainingSession(
        district_code=actor.district_code,
        street_code=street_code,
        hub_id=hub_id,
        programme_id=programme_id,
        starts_at=starts_at,
        ends_at=ends_at,
        secret=secret,
        status="planned",
        summary="",
        evidence=[],
        created_at=now,
        **told,
    )
    session.add(row)
    session.flush()
    outbox.record(session, _planned(row))
    return queries.render(session, row)


def _check_programme(session: Session, actor: Actor, programme_id: str, hub_id: str | None) -> None:
    """An active programme of the same hub."""
    programme = find_programme(session, actor, programme_id)
    if programme.status != "active" or programme.hub_id != hub_id:
        raise ConflictError(TrainingCode.PROGRAMME_STATE, status=programme.status, action="train")
    programmes.check_entrusted(session, programme)


def _planned(row: TrainingSession) -> TrainingPlanned:
    return TrainingPlanned(
        training_id=row.id,
        hub_id=row.hub_id,
        programme_id=row.programme_id,
        starts_at=row.starts_at.isoformat(),
        ends_at=row.ends_at.isoformat(),
        street_codes=streets(row),
    )


def change_training(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    training_id: str,
    expected_version: int | None = None,
    **told: Any,
) -> dict[str, Any]:
    """Before it begins; never to fewer seats than are taken."""
    row = take(session, actor, training_id, expected_version)
    row.status = domain.next_status(row.status, "change")
    domain.check_before(now, row.starts_at)
    domain.check_time(told["starts_at"], told["ends_at"], now)
    if queries.taken(session, row.id) > told["capacity"]:
        raise ConflictError(TrainingCode.TRAINING_FULL, capacity=told["capacity"])
    changed = sorted(name for name, value in told.items() if _shown(getattr(row, name)) != _shown(value))
    for name, value in told.items():
        setattr(row, name, value)
    session.flush()
    outbox.record(session, _planned(row))
    if row.status == "published" and set(changed) & {"starts_at", "ends_at", "venue", "topic"}:
        outbox.record(session, _moved(session, row, changed))
    return queries.render(session, row)


def _shown(value: Any) -> Any:
    """As people see it: instants to the second."""
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def _moved(session: Session, row: TrainingSession, changed: list[str]) -> TrainingMoved:
    return TrainingMoved(
        training_id=row.id,
        topic=row.topic,
        venue=row.venue,
        starts_at=row.starts_at.isoformat(),
        ends_at=row.ends_at.isoformat(),
        changed=changed,
        street_codes=streets(row),
        **_enrolled(session, row),
    )


def _enrolled(session: Session, row: TrainingSession) -> dict[str, Any]:
    """Whom a change concerns: accounts, and for those enrolled by name their organisations."""
    rows = session.execute(
        select(TrainingAttendance.account_id, TrainingAttendance.organisation_id).filter_by(
            training_id=row.id, status="enrolled"
        )
    ).all()
    return {
        "account_ids": sorted({one.account_id for one in rows if one.account_id}),
        "organisation_ids": sorted({one.organisation_id for one in rows if one.organisation_id and not one.account_id}),
    }


def publish_training(
    session: Session, *, actor: Actor, now: datetime, training_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """One may enrol from now on."""
    row = take(session, actor, training_id, expected_version)
    row.status = domain.next_status(row.status, "publish")
    domain.check_before(now, row.starts_at)
    session.flush()
    outbox.record(session, TrainingPublished(training_id=row.id, hub_id=row.hub_id, street_codes=streets(row)))
    return queries.render(session, row)


def close_training(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    training_id: str,
    summary: str,
    evidence: list[dict[str, Any]],
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Who enrolled and did not come is absent; the counts are told."""
    row = take(session, actor, training_id, expected_version)
    row.status = domain.next_status(row.status, "close")
    domain.check_begun(now, row.starts_at)
    row.summary, row.evidence = summary, evidence
    rows = session.scalars(select(TrainingAttendance).filter_by(training_id=row.id)).all()
    for one in rows:
        if one.status == "enrolled":
            one.status = domain.next_attendance_status(one.status, "miss")
    session.flush()
    outbox.record(session, _closed(session, row))
    qualifying.tell_qualified(session, row)
    return queries.render(session, row)


def qualify_training(
    session: Session,
    *,
    actor: Actor,
    training_id: str,
    months: int | None,
    service_kinds: list[str],
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Staff decide before it is closed which sessions count as training for service orders; hubs hold them."""
    row = take(session, actor, training_id, expected_version)
    row.status = domain.next_status(row.status, "qualify")
    kinds = list(dict.fromkeys(service_kinds))
    row.qualifies_months, row.qualifies_kinds = months, None if months is None else kinds
    session.flush()
    outbox.record(
        session,
        TrainingRecognised(training_id=row.id, months=months, service_kinds=kinds, street_codes=streets(row)),
    )
    return queries.render(session, row)


def _closed(session: Session, row: TrainingSession) -> TrainingClosed:
    counts = queries.counts(session, row.id)
    came = select(TrainingAttendance.organisation_id).where(
        TrainingAttendance.training_id == row.id,
        TrainingAttendance.status.in_(domain.CAME),
        TrainingAttendance.organisation_id.is_not(None),
    )
    return TrainingClosed(
        training_id=row.id,
        hub_id=row.hub_id,
        programme_id=row.programme_id,
        present=counts["present"],
        late=counts["late"],
        walk_ins=counts["walk_ins"],
        absent=counts["absent"],
        organisation_ids=sorted({str(one) for one in session.scalars(came)}),
        evidence=row.evidence,
        street_codes=streets(row),
    )


def cancel_training(
    session: Session,
    *,
    actor: Actor,
    training_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """With the reason."""
    row = take(session, actor, training_id, expected_version)
    row.status = domain.next_status(row.status, "cancel")
    row.closing_reason = reason
    session.flush()
    about: dict[str, Any] = {"topic": row.topic, "starts_at": row.starts_at.isoformat(), "street_codes": streets(row)}
    outbox.record(session, TrainingCancelled(training_id=row.id, hub_id=row.hub_id, **about, **_enrolled(session, row)))
    return queries.render(session, row)


def take(session: Session, actor: Actor, training_id: str, expected: int | None = None) -> TrainingSession:
    """One to run: locked, and the actor is of those who run it."""
    row = queries.find(session, actor, training_id, lock=True)
    if not queries.runs(actor, row):
        raise NotFoundError(TrainingCode.TRAINING_NOT_FOUND)
    db.check_version(row, expected)
    return row
