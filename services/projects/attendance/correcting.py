"""Corrections of records: the old value stays, with who asked and why; of a locked record a second person decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.projects import events_activities as events
from contracts.projects.codes_activities import AttendanceCode
from services.projects.activities import domain as activities
from services.projects.activities import queries as planned
from services.projects.activities.models import Activity
from services.projects.attendance import domain, queries, recording
from services.projects.attendance.models import Attendance, AttendanceCorrection

View = dict[str, Any]
UPLOADED = "离线签到补传 / offline upload"


def correct_attendance(
    session: Session, *, actor: Actor, now: datetime, attendance_id: str, reason: str, **given: Any
) -> View:
    """Before closing at once, afterwards as a proposal."""
    row, found = queries.find(session, actor, attendance_id, lock=True)
    planned.check_runs(session, actor, row)
    row.status = activities.next_status(row.status, "correct")
    wanted = _wanted(session, row, found, now, given)
    made = AttendanceCorrection(
        district_code=row.district_code,
        street_code=row.street_code,
        activity_id=row.id,
        attendance_id=found.id,
        status=domain.next_correction_status("new", "propose" if row.status == "closed" else "apply"),
        old=_values(found),
        new=wanted,
        reason=reason,
        proposed_by=actor.account_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    if made.status == "proposed":
        _tell(session, row, events.AttendanceCorrectionProposed, made)
    else:
        _apply(session, row, found, made)
    session.flush()
    return queries.render_correction(made)


def note_upload(
    session: Session, actor: Actor, row: Activity, found: Attendance, *, now: datetime, wanted: dict[str, Any]
) -> None:
    """What an offline list brought back changes a record before it is locked: visible like any other correction."""
    made = AttendanceCorrection(
        district_code=row.district_code,
        street_code=row.street_code,
        activity_id=row.id,
        attendance_id=found.id,
        status=domain.next_correction_status("new", "apply"),
        old=_values(found),
        new=domain.stored(wanted),
        reason=UPLOADED,
        proposed_by=actor.account_id,
        created_at=now,
    )
    session.add(made)
    session.flush()
    _apply(session, row, found, made)


def _wanted(session: Session, row: Activity, found: Attendance, now: datetime, given: dict[str, Any]) -> dict[str, Any]:
    """The record as it should read; raises what cannot be."""
    arrived, left = given.get("arrived_at", found.arrived_at), given.get("left_at", found.left_at)
    gone = given.get("void", found.status == "void")
    status = "void" if gone else "left" if left else "present"
    if (status, arrived, left) == (found.status, found.arrived_at, found.left_at):
        raise InvalidError(AttendanceCode.CORRECTION_EMPTY)
    numbers = planned.numbers_of(session, row.district_code)
    window = {
        "opens_at": activities.check_in_opens(row.starts_at, numbers),
        "ends_at": activities.check_in_ends(row.ends_at, numbers),
        "now": now,
    }
    domain.check_inside(arrived, **window)
    domain.check_inside(left, **window)
    domain.check_order(arrived, left)
    return domain.stored({"arrived_at": arrived, "left_at": left, "status": status})


def _values(found: Attendance) -> dict[str, Any]:
    names = ("arrived_at", "left_at", "status", "minutes")
    return domain.stored({name: getattr(found, name) for name in names})


def _apply(session: Session, row: Activity, found: Attendance, made: AttendanceCorrection) -> None:
    wanted, old_minutes = domain.values_of(made.new), found.minutes
    for action in domain.road(found.status, wanted["status"]):
        found.status = domain.next_status(found.status, action)
    numbers = planned.numbers_of(session, row.district_code)
    found.arrived_at, found.left_at = wanted["arrived_at"], wanted["left_at"]
    found.late = activities.is_late(found.arrived_at, row.starts_at, numbers["late_minutes"])
    recording.count(row, found, numbers)
    made.old = {**made.old, "minutes": old_minutes}
    made.new = {**made.new, "minutes": found.minutes}
    _tell(session, row, events.AttendanceCorrected, made, old_minutes=old_minutes, minutes=found.minutes)


def _tell(session: Session, row: Activity, struct: Any, made: AttendanceCorrection, **facts: Any) -> None:
    about = {"attendance_id": made.attendance_id, "attendance_correction_id": made.id}
    recording.tell(session, row, struct, **about, **facts)


def approve_attendance_correction(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    attendance_correction_id: str,
    note: str,
    expected_version: int | None = None,
) -> View:
    """By staff, not the one who asked. What another correction changed meanwhile is the old value then."""
    row, found, made = _take(session, actor, attendance_correction_id, expected_version)
    status = domain.next_correction_status(made.status, "approve")
    domain.check_second(first=made.proposed_by, second=actor.account_id)
    made.old = _values(found)
    _decide(made, actor, now, status, note)
    _apply(session, row, found, made)
    session.flush()
    return queries.render_correction(made)


def refuse_attendance_correction(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    attendance_correction_id: str,
    note: str,
    expected_version: int | None = None,
) -> View:
    """By staff, not the one who asked: the record stays."""
    row, _, made = _take(session, actor, attendance_correction_id, expected_version)
    status = domain.next_correction_status(made.status, "refuse")
    domain.check_second(first=made.proposed_by, second=actor.account_id)
    _decide(made, actor, now, status, note)
    _tell(session, row, events.AttendanceCorrectionRefused, made)
    return queries.render_correction(made)


def _take(
    session: Session, actor: Actor, correction_id: str, expected_version: int | None
) -> tuple[Activity, Attendance, AttendanceCorrection]:
    row, found, made = queries.find_correction(session, actor, correction_id, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(made, expected_version)
    return row, found, made


def _decide(made: AttendanceCorrection, actor: Actor, now: datetime, status: str, note: str) -> None:
    made.status, made.note, made.decided_by, made.decided_at = status, note, actor.account_id, now
