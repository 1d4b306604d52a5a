"""The end of an activity: minutes are counted, later the records are locked; or it is called off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import timers
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events_activities as events
from contracts.projects.codes_activities import ActivityCode
from services.projects.activities import domain as activities
from services.projects.activities import queries as planned
from services.projects.activities.models import Activity, SignUp
from services.projects.attendance import domain, queries, recording
from services.projects.attendance.models import Attendance

View = dict[str, Any]


def hold_activity(
    session: Session, *, actor: Actor, now: datetime, activity_id: str, expected_version: int | None = None
) -> View:
    """It is over, at its end or earlier: everybody's minutes are counted."""
    row = planned.take(session, actor, activity_id, expected_version)
    status = activities.next_status(row.status, "hold")
    activities.check_reached(now, row.starts_at)
    _hold(session, row, status, now)
    return planned.render(session, row)


def hold_on_time(session: Session, *, actor: Actor, now: datetime, activity_id: str, starts_at: str) -> None:
    """The activity's clock; organisers may have been first, or have moved it."""
    row = planned.find_activity(session, activity_id, actor, lock=True)
    if row.status == "open" and row.starts_at == datetime.fromisoformat(starts_at):
        _hold(session, row, activities.next_status(row.status, "hold"), now)


def _hold(session: Session, row: Activity, status: str, now: datetime) -> None:
    numbers = planned.numbers_of(session, row.district_code)
    row.status, row.held_at = status, now
    for found in queries.came(session, row.id):
        recording.count(row, found, numbers)
    expected = select(SignUp).where(SignUp.activity_id == row.id, SignUp.status.in_(("signed_up", "waiting")))
    for one in session.scalars(expected).all():
        one.status = activities.next_sign_up_status(one.status, "miss" if one.status == "signed_up" else "lapse")
    due_at = now + timedelta(days=numbers["close_days"])
    timers.schedule(
        session, "close_activity_on_time", due_at=due_at, district_code=row.district_code, activity_id=row.id
    )
    _tell(session, row, events.ActivityHeld)


def _tell(session: Session, row: Activity, struct: Any, **facts: Any) -> None:
    session.flush()
    sums = [Attendance.activity_id == row.id, *queries.counting(None, None)]
    attended = len(queries.came(session, row.id))
    about = {"project_id": row.project_id, "organisation_id": row.organisation_id}
    minutes = queries.minutes_of(session, sums)
    recording.tell(session, row, struct, attended=attended, minutes=minutes, **about, **facts)


def close_activity(
    session: Session, *, actor: Actor, now: datetime, activity_id: str, expected_version: int | None = None
) -> View:
    """Locked: from now on a record changes only when a second person agrees."""
    row = planned.take(session, actor, activity_id, expected_version)
    _close(session, row, activities.next_status(row.status, "close"), now)
    return planned.render(session, row)


def close_on_time(session: Session, *, actor: Actor, now: datetime, activity_id: str) -> None:
    """The district's days have passed; organisers may have been first."""
    row = planned.find_activity(session, activity_id, actor, lock=True)
    if row.status == "held":
        _close(session, row, activities.next_status(row.status, "close"), now)


def _close(session: Session, row: Activity, status: str, now: datetime) -> None:
    row.status, row.closed_at = status, now
    rows = [
        (one.id, one.person_id, one.part, one.arrived_at, one.left_at, one.minutes)
        for one in queries.came(session, row.id)
    ]
    _tell(session, row, events.ActivityClosed, records_hash=domain.digest_of(rows))


def cancel_activity(
    session: Session,
    *,
    actor: Actor,
    activity_id: str,
    reason: str,
    expected_version: int | None = None,
) -> View:
    """Before anybody came."""
    row = planned.take(session, actor, activity_id, expected_version)
    row.status = activities.next_status(row.status, "cancel")
    if queries.came(session, row.id):
        raise ConflictError(ActivityCode.ACTIVITY_ATTENDED)
    row.reason = reason
    about = {"project_id": row.project_id, "organisation_id": row.organisation_id, "title": row.title}
    told = {"account_ids": planned.concerned(session, row.id), "starts_at": row.starts_at.isoformat()}
    recording.tell(session, row, events.ActivityCancelled, **about, **told)
    return planned.render(session, row)
