"""Writes of attendance: enrol, withdraw, check in by code, the paper list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.registry.codes_training import TrainingCode
from contracts.registry.events_training import TrainingAttended, TrainingEnrolled, TrainingEnrolmentWithdrawn
from services.registry.organisations.queries import find_organisation
from services.registry.policies.queries import number
from services.registry.told import streets
from services.registry.trainings import actions, domain, queries
from services.registry.trainings.models import TrainingAttendance, TrainingSession


def enrol_in_training(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    training_id: str,
    organisation_id: str | None = None,
    name: str | None = None,
    phone: str | None = None,
) -> dict[str, Any]:
    """Oneself for one's own organisation; those who run the session enrol others by name."""
    row = queries.find(session, actor, training_id, lock=True)
    domain.next_status(row.status, "enrol")
    domain.check_before(now, row.starts_at)
    if name is not None:
        if not queries.runs(actor, row):
            raise NotFoundError(TrainingCode.TRAINING_NOT_FOUND)
        organisation_id = _organisation(session, actor, organisation_id)
        found = None
    else:
        if organisation_id not in (None, actor.organisation_id) or phone is not None:
            raise InvalidError(TrainingCode.TRAINING_PARTICIPANT_INVALID)
        organisation_id = actor.organisation_id
        found = _own(session, actor, row)
    domain.check_seat(queries.taken(session, row.id), row.capacity)
    if found is None:
        found = _new(session, row, now, organisation_id, None if name else actor.account_id, name=name, phone=phone)
    elif found.status != "withdrawn":
        raise ConflictError(TrainingCode.TRAINING_ENROLLED)
    else:
        found.status = domain.next_attendance_status(found.status, "enrol")
    session.flush()
    outbox.record(session, TrainingEnrolled(**_about(row, found)))
    return queries.render_attendance(found)


def withdraw_enrolment(
    session: Session, *, actor: Actor, now: datetime, training_id: str, attendance_id: str
) -> dict[str, Any]:
    """Before the session begins."""
    row = queries.find(session, actor, training_id, lock=True)
    domain.next_status(row.status, "enrol")
    found = queries.find_attendance(session, actor, row, attendance_id)
    if found.account_id != actor.account_id and not queries.runs(actor, row):
        raise NotFoundError(TrainingCode.TRAINING_ATTENDANCE_NOT_FOUND)
    domain.check_before(now, row.starts_at)
    found.status = domain.next_attendance_status(found.status, "withdraw")
    session.flush()
    outbox.record(session, TrainingEnrolmentWithdrawn(**_about(row, found)))
    return queries.render_attendance(found)


def check_in_to_training(
    session: Session, *, actor: Actor, now: datetime, training_id: str, code: str
) -> dict[str, Any]:
    """By the code that is shown in the room; without enrolment where the session takes walk-ins and has room."""
    row = queries.find(session, actor, training_id, lock=True)
    domain.next_status(row.status, "check_in")
    queries.check_open(session, row, now)
    domain.check_code(
        code,
        secret=row.secret,
        training_id=row.id,
        at=now,
        seconds=number(session, row.district_code, "training_code_seconds"),
        earlier=number(session, row.district_code, "training_code_windows"),
    )
    found = _own(session, actor, row)
    if found is None or found.status == "withdrawn":
        found = _walk_in(session, row, now, actor.organisation_id, found, account_id=actor.account_id)
    _arrive(session, row, found, at=now, method="code")
    return queries.render_attendance(found)


def record_training_attendance(
    session: Session, *, actor: Actor, now: datetime, training_id: str, lines: list[dict[str, Any]]
) -> dict[str, Any]:
    """The paper list: enrolled people by their number, walk-ins by name; all lines or none."""
    row = actions.take(session, actor, training_id)
    domain.next_status(row.status, "check_in")
    domain.check_begun(now, row.starts_at)
    numbered = {one.number: one for one in session.scalars(select(TrainingAttendance).filter_by(training_id=row.id))}
    for line in lines:
        queries.check_open(session, row, line["at"])
        if line["at"] > now:
            raise ConflictError(TrainingCode.TRAINING_CHECK_IN_CLOSED)
        found = _of_line(session, actor, row, now, numbered, line)
        _arrive(session, row, found, at=line["at"], method="offline")
    return queries.render(session, row)


def _of_line(
    session: Session,
    actor: Actor,
    row: TrainingSession,
    now: datetime,
    numbered: dict[int, TrainingAttendance],
    line: dict[str, Any],
) -> TrainingAttendance:
    if ("number" in line) == ("name" in line):
        raise InvalidError(TrainingCode.TRAINING_PARTICIPANT_INVALID)
    if "number" in line:
        if line["number"] not in numbered:
            raise NotFoundError(TrainingCode.TRAINING_ATTENDANCE_NOT_FOUND, number=line["number"])
        return numbered[line["number"]]
    organisation_id = _organisation(session, actor, line.get("organisation_id"))
    return _walk_in(session, row, now, organisation_id, None, name=line["name"])


def _walk_in(
    session: Session,
    row: TrainingSession,
    now: datetime,
    organisation_id: str | None,
    known: TrainingAttendance | None,
    **who: Any,
) -> TrainingAttendance:
    if not row.walk_ins:
        raise ConflictError(TrainingCode.TRAINING_WALK_IN_REFUSED)
    domain.check_seat(queries.taken(session, row.id), row.capacity)
    if known is None:
        known = _new(session, row, now, organisation_id, who.pop("account_id", None), **who)
    else:
        known.status = domain.next_attendance_status(known.status, "enrol")
    known.walk_in = True
    return known


def _arrive(session: Session, row: TrainingSession, found: TrainingAttendance, *, at: datetime, method: str) -> None:
    """The contact that the trail keeps."""
    late = domain.is_late(at, row.starts_at, number(session, row.district_code, "training_late_minutes"))
    found.status = domain.next_attendance_status(found.status, "arrive_late" if late else "arrive")
    found.method, found.checked_in_at = method, at
    session.flush()
    outbox.record(
        session,
        TrainingAttended(
            **_about(row, found),
            hub_id=row.hub_id,
            method=method,
            late=late,
            walk_in=found.walk_in,
            checked_in_at=at.isoformat(),
        ),
    )


def _new(
    session: Session,
    row: TrainingSession,
    now: datetime,
    organisation_id: str | None,
    account_id: str | None,
    **who: str | None,
) -> TrainingAttendance:
    last = session.scalar(select(func.max(TrainingAttendance.number)).filter_by(training_id=row.id)) or 0
    made = TrainingAttendance(
        district_code=row.district_code,
        street_code=row.street_code,
        training_id=row.id,
        number=last + 1,
        organisation_id=organisation_id,
        account_id=account_id,
        status="enrolled",
        walk_in=False,
        created_at=now,
        **who,
    )
    session.add(made)
    session.flush()
    return made


def _own(session: Session, actor: Actor, row: TrainingSession) -> TrainingAttendance | None:
    return session.scalars(
        select(TrainingAttendance).filter_by(training_id=row.id, account_id=actor.account_id)
    ).one_or_none()


def _organisation(session: Session, actor: Actor, organisation_id: str | None) -> str | None:
    """One that the actor may see; a resident has none."""
    return None if organisation_id is None else find_organisation(session, actor, organisation_id).id


def _about(row: TrainingSession, found: TrainingAttendance) -> dict[str, Any]:
    return {
        "training_id": row.id,
        "attendance_id": found.id,
        "organisation_id": found.organisation_id,
        "street_codes": streets(row),
    }
