"""Signing up: a seat for each of the first, a place in the queue for the others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.projects import events_activities as events
from contracts.projects.codes_activities import ActivityCode
from services.projects.activities import domain, queries
from services.projects.activities.models import Activity, SignUp
from services.projects.identities.actions import keys_of, meet


def _tell(session: Session, row: Activity, struct: Any, found: SignUp, **facts: Any) -> None:
    streets = [row.street_code] if row.street_code else []
    session.flush()
    outbox.record(session, struct(activity_id=row.id, sign_up_id=found.id, street_codes=streets, **facts))


def sign_up_for_activity(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    activity_id: str,
    part: str,
    for_other: bool,
    name: str | None = None,
    phone: str | None = None,
) -> dict[str, Any]:
    """Oneself, or by its organisers somebody without an account. Seats are counted under the activity's lock."""
    row = queries.find_activity(session, activity_id, actor, lock=True)
    row.status = domain.next_status(row.status, "sign_up")
    domain.check_not_over(now, row.ends_at)
    if for_other:
        queries.check_runs(session, actor, row)
    if not (name if for_other else actor.account_id) or (phone and not for_other):
        raise InvalidError(ActivityCode.SIGN_UP_INVALID)
    account_id = None if for_other else actor.account_id
    keys = keys_of(account_id=account_id, name=name if for_other else None, phone=phone)
    place: dict[str, Any] = {"district_code": row.district_code, "street_code": row.street_code}
    person_id = meet(session, **place, now=now, keys=keys, account_id=account_id)
    found = _earlier(session, row, person_id)
    if found is not None and found.status != "withdrawn":
        raise ConflictError(ActivityCode.SIGN_UP_EXISTS)
    seat = not _others_wait(session, row) and domain.has_seat(seats_taken(session, row), row.capacity)
    status = domain.next_sign_up_status(found.status if found else "new", "sign_up" if seat else "queue")
    said = {"status": status, "part": part, "queued_at": now, "name": name, "phone": phone}
    if found is None:
        who = {"person_id": person_id, "account_id": account_id, "number": _next_number(session, row)}
        found = SignUp(**place, **who, **said, activity_id=row.id, created_at=now)
        session.add(found)
    else:
        for key, value in said.items():
            setattr(found, key, value)
    _tell(session, row, events.ActivitySignedUp, found, waiting=not seat)
    return queries.render_sign_up(found)


def _earlier(session: Session, row: Activity, person_id: str | None) -> SignUp | None:
    if person_id is None:
        return None
    statement = select(SignUp).where(
        SignUp.activity_id == row.id, SignUp.person_id == person_id, SignUp.status != "merged"
    )
    return session.scalars(statement).one_or_none()


def _next_number(session: Session, row: Activity) -> int:
    return (session.scalar(select(func.max(SignUp.number)).where(SignUp.activity_id == row.id)) or 0) + 1


def _others_wait(session: Session, row: Activity) -> bool:
    waits = select(SignUp.id).where(SignUp.activity_id == row.id, SignUp.status == "waiting").limit(1)
    return session.scalar(waits) is not None


def withdraw_sign_up(
    session: Session, *, actor: Actor, now: datetime, activity_id: str, sign_up_id: str
) -> dict[str, Any]:
    """By the person or an organiser, before it ends; the seat goes to whoever waited longest."""
    row = queries.find_activity(session, activity_id, actor, lock=True)
    found = queries.find_sign_up(session, actor, row, sign_up_id)
    if found.account_id != actor.account_id and not queries.runs(session, actor, row):
        raise NotFoundError(ActivityCode.SIGN_UP_NOT_FOUND)
    row.status = domain.next_status(row.status, "withdraw")
    found.status = domain.next_sign_up_status(found.status, "withdraw")
    _tell(session, row, events.SignUpWithdrawn, found)
    give_seats(session, row, now)
    return queries.render_sign_up(found)


def give_seats(session: Session, row: Activity, now: datetime) -> None:
    """Free seats to those who wait, in the order in which they came; not once the activity is over."""
    if row.status not in ("planned", "postponed", "open") or now >= row.ends_at:
        return
    taken = seats_taken(session, row)
    waiting = select(SignUp).where(SignUp.activity_id == row.id, SignUp.status == "waiting")
    free = None if row.capacity is None else max(row.capacity - taken, 0)
    for found in session.scalars(waiting.order_by(SignUp.queued_at, SignUp.number).limit(free)).all():
        found.status = domain.next_sign_up_status(found.status, "seat")
        times = {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat()}
        _tell(session, row, events.SeatGiven, found, account_id=found.account_id, title=row.title, **times)


def seats_taken(session: Session, row: Activity) -> int:
    """Those who signed up; walk-ins have a sign-up of their own, made when they came."""
    session.flush()
    return queries.taken(session, row.id)


def admit(
    session: Session,
    row: Activity,
    *,
    now: datetime,
    person_id: str | None,
    part: str,
    account_id: str | None = None,
    name: str | None = None,
    phone: str | None = None,
) -> tuple[SignUp, bool]:
    """The sign-up of somebody who came, made now for a walk-in; whether it was one. Marked attended by the caller."""
    found = _earlier(session, row, person_id)
    if found is not None:
        return found, found.status == "withdrawn"
    place: dict[str, Any] = {"district_code": row.district_code, "street_code": row.street_code, "created_at": now}
    made = SignUp(**place, activity_id=row.id, number=_next_number(session, row), person_id=person_id, part=part)
    made.account_id, made.name, made.phone, made.queued_at, made.status = account_id, name, phone, now, "new"
    session.add(made)
    return made, True
