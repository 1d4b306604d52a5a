"""Reads of training sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.registry.codes_training import TrainingCode
from contracts.registry.trainings import TRAINERS, AttendanceView, CheckInCode, TrainingView
from services.registry import scope
from services.registry.personal import masked
from services.registry.policies.queries import number
from services.registry.trainings import domain
from services.registry.trainings.models import TrainingAttendance, TrainingSession

_VIEW, _ATTENDANCE, _CODE = TrainingView(), AttendanceView(), CheckInCode()
_OPEN = ("published", "closed")


def runs(actor: Actor, row: TrainingSession) -> bool:
    """Whether the actor is of those who run the session: its hub's people, or staff of its place."""
    if actor.role not in TRAINERS:
        return False
    if actor.role == roles.HUB:
        return row.hub_id is not None and row.hub_id == actor.organisation_id
    return not actor.street_codes or row.street_code in actor.street_codes


def visible(actor: Actor) -> Select[Any]:
    """Sessions of one's streets and of the whole district; plans only for those who may run sessions."""
    statement = db.scoped(select(TrainingSession), TrainingSession, actor)
    if actor.role == roles.HUB:
        return statement.where(
            or_(TrainingSession.status.in_(_OPEN), TrainingSession.hub_id == (actor.organisation_id or ""))
        )
    if actor.role in TRAINERS or actor.role == roles.AUDITOR:
        return statement
    return statement.where(TrainingSession.status.in_((*_OPEN, "cancelled")))


def find(session: Session, actor: Actor, training_id: str, *, lock: bool = False) -> TrainingSession:
    """One to read, or to write under its lock: seats and numbers are counted under it."""
    statement = visible(actor).where(TrainingSession.id == training_id)
    if lock:
        statement = statement.with_for_update(of=TrainingSession)
    row: TrainingSession | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(TrainingCode.TRAINING_NOT_FOUND)
    return row


def taken(session: Session, training_id: str) -> int:
    """Seats taken."""
    statement = select(func.count()).where(
        TrainingAttendance.training_id == training_id, TrainingAttendance.status.in_(domain.TAKES_A_SEAT)
    )
    return session.scalar(statement) or 0


def counts(session: Session, training_id: str) -> dict[str, int]:
    """``{status: how many}`` and how many came without enrolment."""
    statement = (
        select(TrainingAttendance.status, TrainingAttendance.walk_in, func.count())
        .where(TrainingAttendance.training_id == training_id)
        .group_by(TrainingAttendance.status, TrainingAttendance.walk_in)
    )
    found = dict.fromkeys((*domain.ATTENDANCE_STATUSES, "walk_ins"), 0)
    for status, walk_in, count in session.execute(statement):
        found[status] += count
        found["walk_ins"] += count if walk_in else 0
    return found


def render(session: Session, row: TrainingSession) -> dict[str, Any]:
    """A session with its counts."""
    session.flush()
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "training_id": row.id, "counts": counts(session, row.id)})
    return shown


def render_attendance(row: TrainingAttendance) -> dict[str, Any]:
    """An enrolment; name and phone masked."""
    known = masked(AttendanceView, scope.columns(row))
    shown: dict[str, Any] = _ATTENDANCE.dump({**known, "attendance_id": row.id})
    return shown


def get_training(session: Session, *, actor: Actor, training_id: str) -> dict[str, Any]:
    """One session."""
    return render(session, find(session, actor, training_id))


def list_trainings(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""

    def line(row: TrainingSession) -> dict[str, Any]:
        return render(session, row)

    return db.page(
        session, visible(actor).filter_by(**equal), by=TrainingSession.id, render=line, cursor=cursor, limit=limit
    )


def attendance(actor: Actor, row: TrainingSession) -> Select[Any]:
    """Everybody for those who run it (and the auditor); the others themselves, an organisation its own people."""
    statement = select(TrainingAttendance).where(TrainingAttendance.training_id == row.id)
    if runs(actor, row) or actor.role in {roles.AUDITOR, roles.BUREAU, roles.SPECIALIST}:
        return statement
    own = [TrainingAttendance.account_id == actor.account_id]
    if actor.organisation_id is not None and actor.role in {roles.CSO, roles.HUB}:
        own.append(TrainingAttendance.organisation_id == actor.organisation_id)
    return statement.where(or_(*own))


def find_attendance(session: Session, actor: Actor, row: TrainingSession, attendance_id: str) -> TrainingAttendance:
    """One enrolment the actor may see."""
    found: TrainingAttendance | None = session.scalars(
        attendance(actor, row).where(TrainingAttendance.id == attendance_id)
    ).one_or_none()
    if found is None:
        raise NotFoundError(TrainingCode.TRAINING_ATTENDANCE_NOT_FOUND)
    return found


def get_training_attendance(session: Session, *, actor: Actor, training_id: str, attendance_id: str) -> dict[str, Any]:
    """One enrolment."""
    return render_attendance(find_attendance(session, actor, find(session, actor, training_id), attendance_id))


def list_training_attendance(
    session: Session,
    *,
    actor: Actor,
    training_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    **equal: Any,
) -> dict[str, Any]:
    """Newest enrolment first."""
    statement = attendance(actor, find(session, actor, training_id)).filter_by(**equal)
    return db.page(session, statement, by=TrainingAttendance.id, render=render_attendance, cursor=cursor, limit=limit)


def get_training_code(session: Session, *, actor: Actor, now: datetime, training_id: str) -> dict[str, Any]:
    """For those who run the session, while check-in is open."""
    row = find(session, actor, training_id)
    if not runs(actor, row):
        raise NotFoundError(TrainingCode.TRAINING_NOT_FOUND)
    domain.next_status(row.status, "check_in")
    check_open(session, row, now)
    seconds = number(session, row.district_code, "training_code_seconds")
    window = domain.window_of(now, seconds)
    code = domain.code_of(row.secret, row.id, window)
    shown: dict[str, Any] = _CODE.dump(
        {
            "training_id": row.id,
            "code": code,
            "text": f"{row.id}.{code}",
            "valid_until": domain.window_ends(window, seconds),
            "seconds": seconds,
        }
    )
    return shown


def check_open(session: Session, row: TrainingSession, at: datetime) -> None:
    """Whether one may check in at that time, by the district's policy."""
    domain.check_open(
        at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        minutes_before=number(session, row.district_code, "training_check_in_minutes"),
    )
