"""Checking in and out: by the code of the moment, or by the organiser at the gate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from contracts.projects import events_activities as events
from contracts.projects.codes_activities import ActivityCode, AttendanceCode
from services.projects.activities import domain as activities
from services.projects.activities import queries as planned
from services.projects.activities import signing
from services.projects.activities.models import Activity, SignUp
from services.projects.attendance import attempts, domain, queries, recording
from services.projects.attendance.models import Attendance
from services.projects.identities.actions import keys_of, meet
from services.projects.known import queries as known
from services.projects.known.models import ERASED_ROLE

View = dict[str, Any]


def check_in_to_activity(
    session: Session, *, actor: Actor, now: datetime, activity_id: str, code: str, part: str
) -> View:
    """By the code on the screen; without a sign-up where the activity takes walk-ins and has a seat."""
    account_id = _account(actor)
    row, numbers = _begin(session, actor, activity_id, account_id, now)
    window = _window(session, row, actor, code, now=now, numbers=numbers)
    place: dict[str, Any] = {"district_code": row.district_code, "street_code": row.street_code, "now": now}
    person_id = meet(session, **place, keys=keys_of(account_id=account_id), account_id=account_id)
    if queries.of_person(session, row.id, person_id) is not None:
        raise ConflictError(AttendanceCode.ATTENDANCE_EXISTS)
    sign_up, walk_in = signing.admit(session, row, now=now, person_id=person_id, part=part, account_id=account_id)
    _check_room(session, row, sign_up.status, walk_in=walk_in)
    said: dict[str, Any] = {"at": now, "now": now, "method": "code", "walk_in": walk_in, "last_step": window}
    found = recording.arrive(session, row, sign_up, numbers=numbers, **said)
    attempts.forget(session, district_code=row.district_code, activity_id=row.id, account_id=account_id)
    return queries.render(found)


def _account(actor: Actor) -> str:
    if actor.account_id is None:
        raise ForbiddenError(ActivityCode.ACTIVITY_NOT_YOURS)
    return actor.account_id


def _begin(
    session: Session, actor: Actor, activity_id: str, account_id: str, now: datetime
) -> tuple[Activity, dict[str, int]]:
    """The activity, locked, open, within its time; guesses of one account come one after the other."""
    seen = planned.find_activity(session, activity_id, actor)
    attempts.take_turn(session, district_code=seen.district_code, activity_id=seen.id, account_id=account_id, now=now)
    row = planned.find_activity(session, activity_id, actor, lock=True)
    session.refresh(row)
    row.status = activities.next_status(row.status, "check_in")
    numbers = planned.numbers_of(session, row.district_code)
    activities.check_open(now, starts_at=row.starts_at, ends_at=row.ends_at, numbers=numbers)
    return row, numbers


def _window(
    session: Session,
    row: Activity,
    actor: Actor,
    code: str,
    *,
    now: datetime,
    numbers: dict[str, int],
    last_used: int | None = None,
) -> int:
    """The code's time window; a wrong code is counted in a transaction of its own."""
    said: dict[str, Any] = {"secret": row.secret, "activity_id": row.id, "at": now, "numbers": numbers}
    try:
        return activities.accepted_window(code, **said, last_used=last_used)
    except InvalidError:
        whose = {"district_code": row.district_code, "activity_id": row.id, "account_id": _account(actor)}
        attempts.record_failure(session, **whose, now=now, numbers=numbers)
        raise


def _check_room(session: Session, row: Activity, status: str, *, walk_in: bool) -> None:
    """Whoever signed up has a seat; whoever waits or walks in needs a free one."""
    if walk_in and not row.walk_ins:
        raise ConflictError(AttendanceCode.WALK_IN_REFUSED)
    if status not in activities.TAKES_A_SEAT:
        with session.no_autoflush:
            activities.check_seat(planned.taken(session, row.id), row.capacity)


def check_out_of_activity(session: Session, *, actor: Actor, now: datetime, activity_id: str, code: str) -> View:
    """By a later code than the one that was used to come in."""
    account_id = _account(actor)
    row, numbers = _begin(session, actor, activity_id, account_id, now)
    found = _own(session, row, account_id)
    window = _window(session, row, actor, code, now=now, numbers=numbers, last_used=found.last_step)
    recording.leave(session, row, found, at=now, numbers=numbers)
    found.last_step = window
    session.flush()
    attempts.forget(session, district_code=row.district_code, activity_id=row.id, account_id=account_id)
    return queries.render(found)


def _own(session: Session, row: Activity, account_id: str) -> Attendance:
    statement = select(Attendance).where(
        Attendance.activity_id == row.id, Attendance.account_id == account_id, Attendance.status != "merged"
    )
    found: Attendance | None = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFoundError(AttendanceCode.ATTENDANCE_NOT_FOUND)
    return found


def record_walk_in(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    activity_id: str,
    part: str,
    sign_up_id: str | None = None,
    account_id: str | None = None,
    name: str | None = None,
    phone: str | None = None,
) -> View:
    """At the gate: somebody of the list, or a walk-in by account or by name."""
    row = planned.take(session, actor, activity_id)
    row.status = activities.next_status(row.status, "check_in")
    numbers = planned.numbers_of(session, row.district_code)
    activities.check_open(now, starts_at=row.starts_at, ends_at=row.ends_at, numbers=numbers)
    _check_named(sign_up_id, account_id, name, phone)
    if sign_up_id is not None:
        sign_up, walk_in = planned.find_sign_up(session, actor, row, sign_up_id), False
    else:
        check_account(session, row, account_id)
        place: dict[str, Any] = {"district_code": row.district_code, "street_code": row.street_code, "now": now}
        keys = keys_of(account_id=account_id, name=name, phone=phone)
        person_id = meet(session, **place, keys=keys, account_id=account_id)
        who: dict[str, Any] = {"account_id": account_id, "name": name, "phone": phone}
        sign_up, walk_in = signing.admit(session, row, now=now, person_id=person_id, part=part, **who)
    if sign_up.status == "attended":
        raise ConflictError(AttendanceCode.ATTENDANCE_EXISTS)
    _check_room(session, row, sign_up.status, walk_in=walk_in)
    said: dict[str, Any] = {"at": now, "now": now, "method": "gate", "walk_in": walk_in}
    return queries.render(recording.arrive(session, row, sign_up, numbers=numbers, **said))


def _check_named(sign_up_id: str | None, account_id: str | None, name: str | None, phone: str | None) -> None:
    if sum(one is not None for one in (sign_up_id, account_id, name)) != 1 or (phone and not name):
        raise InvalidError(AttendanceCode.WALK_IN_INVALID)


def check_account(session: Session, row: Activity, account_id: str | None) -> None:
    """An account of this district, which the registry told of."""
    if account_id is None:
        return
    account = known.account(session, account_id)
    if account is None or account.role == ERASED_ROLE or account.district_code != row.district_code:
        raise InvalidError(AttendanceCode.WALK_IN_INVALID)


def record_departure(
    session: Session, *, actor: Actor, now: datetime, attendance_id: str, left_at: datetime | None = None
) -> View:
    """By the organiser, for somebody without a phone."""
    row, found = queries.find(session, actor, attendance_id, lock=True)
    planned.check_runs(session, actor, row)
    row.status = activities.next_status(row.status, "check_in")
    numbers = planned.numbers_of(session, row.district_code)
    at = left_at or now
    ends = {"opens_at": found.arrived_at, "ends_at": activities.check_in_ends(row.ends_at, numbers), "now": now}
    domain.check_inside(at, **ends)
    recording.leave(session, row, found, at=at, numbers=numbers)
    session.flush()
    return queries.render(found)


def erase_attendance(session: Session, *, actor: Actor, attendance_id: str) -> View:
    """At the wish of somebody without an account: name and phone go, the record stays and counts."""
    row, found = queries.find(session, actor, attendance_id, lock=True)
    planned.check_runs(session, actor, row)
    found.name = found.phone = None
    if found.sign_up_id is not None:
        sign_up = session.get_one(SignUp, found.sign_up_id)
        sign_up.name = sign_up.phone = None
    recording.tell(session, row, events.AttendanceErased, attendance_id=found.id)
    return queries.render(found)
