"""Wrong codes are counted, and too many make whoever guesses wait.

A refusal rolls the command's transaction back, and the count with it. So the count is written in a transaction of its
own, as the registry's for sign-ins: guesses of one account at one activity wait for each other from before the count
is read until the command's transaction ends, so that no more are tried than the policy allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import context
from chassis.errors import ConflictError
from contracts.projects.codes_activities import AttendanceCode
from services.projects.attendance.models import CheckInAttempt


def take_turn(session: Session, *, district_code: str, activity_id: str, account_id: str, now: datetime) -> None:
    """Waits for the other guesses; refuses while too many were wrong."""
    name = f"check in:{district_code}:{activity_id}:{account_id}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    until = session.scalar(select(CheckInAttempt.locked_until).where(_of(district_code, activity_id, account_id)))
    if until is not None and until > now:
        wait = int((until - now).total_seconds()) + 1
        raise ConflictError(AttendanceCode.CHECK_IN_LOCKED, retry_after_seconds=wait)


def record_failure(
    session: Session,
    *,
    district_code: str,
    activity_id: str,
    account_id: str,
    now: datetime,
    numbers: Mapping[str, int],
) -> None:
    """One more; from the allowed number on each locks for a while."""
    key = {"district_code": district_code, "activity_id": activity_id, "account_id": account_id}
    counted = insert(CheckInAttempt).values(**key, failures=1)
    counted = counted.on_conflict_do_update(index_elements=list(key), set_={"failures": CheckInAttempt.failures + 1})
    with Session(session.get_bind()) as own, own.begin():
        context.bind(own, context.of(session))
        failures = own.execute(counted.returning(CheckInAttempt.failures)).scalar_one()
        if failures >= numbers["code_failures"]:
            until = now + timedelta(minutes=numbers["code_lock_minutes"])
            own.execute(update(CheckInAttempt).where(_of(**key)).values(locked_until=until))


def forget(session: Session, *, district_code: str, activity_id: str, account_id: str) -> None:
    """After the right code."""
    session.execute(delete(CheckInAttempt).where(_of(district_code, activity_id, account_id)))


def _of(district_code: str, activity_id: str, account_id: str) -> ColumnElement[bool]:
    return and_(
        CheckInAttempt.district_code == district_code,
        CheckInAttempt.activity_id == activity_id,
        CheckInAttempt.account_id == account_id,
    )
