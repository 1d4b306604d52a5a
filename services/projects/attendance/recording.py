"""Writing down that somebody came or left: what a code, the gate and an offline list have in common."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from contracts.projects import events_activities as events
from services.projects.activities import domain as activities
from services.projects.activities.models import Activity, SignUp
from services.projects.attendance import domain
from services.projects.attendance.models import Attendance


def tell(session: Session, row: Activity, struct: Any, /, **facts: Any) -> None:
    """Record a step of the activity."""
    session.flush()
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, struct(activity_id=row.id, street_codes=streets, **facts))


def arrive(
    session: Session,
    row: Activity,
    sign_up: SignUp,
    *,
    at: datetime,
    now: datetime,
    method: str,
    walk_in: bool,
    numbers: Mapping[str, int],
    left_at: datetime | None = None,
    last_step: int | None = None,
) -> Attendance:
    """A record of somebody's presence; where the activity is held already, it counts at once."""
    sign_up.status = activities.next_sign_up_status(sign_up.status, "attend")
    session.flush()
    made = Attendance(
        **_belonging(row),
        sign_up_id=sign_up.id,
        **{name: getattr(sign_up, name) for name in ("person_id", "account_id", "name", "phone", "part")},
        method=method,
        walk_in=walk_in,
        late=activities.is_late(at, row.starts_at, numbers["late_minutes"]),
        status="left" if left_at else "present",
        arrived_at=at,
        left_at=left_at,
        last_step=last_step,
        created_at=now,
    )
    session.add(made)
    count(row, made, numbers)
    session.flush()
    facts = {"project_id": row.project_id, "method": method, "late": made.late, "walk_in": walk_in}
    tell(session, row, events.ActivityAttended, attendance_id=made.id, arrived_at=at.isoformat(), **facts)
    return made


def _belonging(row: Activity) -> dict[str, Any]:
    names = ("district_code", "street_code", "project_id", "organisation_id")
    return {"activity_id": row.id, **{name: getattr(row, name) for name in names}}


def leave(session: Session, row: Activity, found: Attendance, *, at: datetime, numbers: Mapping[str, int]) -> None:
    """A presence ends."""
    domain.check_order(found.arrived_at, at)
    found.status = domain.next_status(found.status, "leave")
    found.left_at = at
    count(row, found, numbers)
    tell(session, row, events.ActivityLeft, attendance_id=found.id, left_at=at.isoformat())


def count(row: Activity, found: Attendance, numbers: Mapping[str, int]) -> None:
    """What counts of the presence, from when the activity is held; nothing of one that was not."""
    if row.held_at is None or found.status not in domain.CAME:
        found.credited_from = found.credited_until = found.minutes = None
        return
    ends_at = min(row.ends_at, row.held_at)
    credit = domain.credit(
        found.arrived_at,
        found.left_at,
        starts_at=row.starts_at,
        ends_at=ends_at,
        round_minutes=numbers["round_minutes"],
    )
    found.credited_from, found.credited_until, found.minutes = credit.begins_at, credit.ends_at, credit.minutes
