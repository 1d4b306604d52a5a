"""Writes of deadlines: called by the steps of cases, visits and consultations, by timers and once an hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, outbox, timers, workdays
from contracts.registry.events_base import DeadlineMissed, DeadlineMoved
from services.registry.deadlines import domain
from services.registry.deadlines.models import Deadline
from services.registry.policies.queries import number, words

_BATCH = 500
Follower = Callable[[Session, str, date], bool]  # False: somebody is at work on it; next time


def start(
    session: Session,
    kind: str,
    row: Any,
    *,
    now: datetime,
    working_days: int | None = None,
    due_on: date | None = None,
) -> Deadline:
    """``working_days`` after today, or on ``due_on``; an open one of the same kind gives way.

    ``row``: what it is about: anything with ``id``, ``organisation_id``, ``district_code`` and ``street_code``.
    """
    drop(session, row.id, kind, now=now)
    today = clock.day_of(now)
    confirmed = True
    if due_on is None:
        due_on, confirmed = workdays.after(today, working_days or 0)
    made = Deadline(
        district_code=row.district_code,
        street_code=row.street_code,
        kind=kind,
        subject_id=row.id,
        organisation_id=row.organisation_id,
        starts_on=today,
        working_days=working_days,
        due_on=due_on,
        confirmed=confirmed,
        status="open",
        level=0,
    )
    session.add(made)
    session.flush()
    _watch(session, made, due_on)
    return made


def meet(session: Session, subject_id: str, *kinds: str, now: datetime) -> None:
    """What was owed is done, in time or late; nothing to do where no such deadline runs."""
    _settle(session, subject_id, kinds, "meet", now)


def drop(session: Session, subject_id: str, *kinds: str, now: datetime) -> None:
    """Nothing is owed any more; without ``kinds``: none of the subject's."""
    _settle(session, subject_id, kinds, "drop", now)


def escalate(session: Session, *, deadline_id: str, now: datetime) -> None:
    """The day is over and it is still owed: tell the next role, and come back some working days later."""
    row = session.scalars(select(Deadline).filter_by(id=deadline_id).with_for_update()).one()
    if row.status != "open" or now < clock.end_of(row.due_on):
        return
    role = domain.told(words(session, row.district_code, "escalation_roles"), row.level + 1)
    if role is None:
        return
    row.status = domain.next_status(row.status, "escalate")
    row.level, row.escalated_to = row.level + 1, role
    again, _ = workdays.after(clock.day_of(now), number(session, row.district_code, "escalation_working_days"))
    _watch(session, row, again)
    outbox.record(
        session,
        DeadlineMissed(
            deadline_id=row.id,
            kind=row.kind,
            subject_id=row.subject_id,
            organisation_id=row.organisation_id,
            due_on=row.due_on.isoformat(),
            level=row.level,
            escalated_to=role,
            street_codes=_streets(row),
        ),
    )


def confirm(session: Session, follow: Mapping[str, Follower] = MappingProxyType({})) -> int:
    """Reckon again what was reckoned before its year's holidays were published; returns how many moved.

    Only deadlines nobody was told about yet: what was missed stays missed. ``follow``: by kind of deadline, what keeps
    its day and clock besides.
    """
    rows = session.scalars(
        select(Deadline)
        .where(Deadline.status == "open", Deadline.confirmed.is_(False), Deadline.level == 0)
        .order_by(Deadline.due_on, Deadline.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    return sum(_reckon_again(session, row, follow.get(row.kind)) for row in rows)


def _reckon_again(session: Session, row: Deadline, follower: Follower | None) -> bool:
    if row.working_days is None:
        return False
    was = row.due_on
    due_on, confirmed = workdays.after(row.starts_on, row.working_days)
    if follower is not None and confirmed and not follower(session, row.subject_id, due_on):
        return False
    row.confirmed = confirmed
    if due_on == was:
        return False
    row.status = domain.next_status(row.status, "move")
    row.due_on = due_on
    if row.timer_id:
        timers.cancel(session, row.timer_id)
    _watch(session, row, due_on)
    outbox.record(
        session,
        DeadlineMoved(
            deadline_id=row.id,
            kind=row.kind,
            subject_id=row.subject_id,
            was=was.isoformat(),
            due_on=due_on.isoformat(),
            confirmed=row.confirmed,
            street_codes=_streets(row),
        ),
    )
    return True


def _settle(session: Session, subject_id: str, kinds: tuple[str, ...], action: str, now: datetime) -> None:
    session.flush()
    statement = select(Deadline).where(Deadline.subject_id == subject_id, Deadline.status == "open")
    if kinds:
        statement = statement.where(Deadline.kind.in_(kinds))
    for row in session.scalars(statement.with_for_update()):
        row.status, row.settled_at = domain.next_status(row.status, action), now
        if row.timer_id:
            timers.cancel(session, row.timer_id)
    session.flush()


def _watch(session: Session, row: Deadline, day: date) -> None:
    row.timer_id = timers.schedule(
        session, "escalate_deadline", due_at=clock.end_of(day), district_code=row.district_code, deadline_id=row.id
    )
    session.flush()


def _streets(row: Deadline) -> list[str]:
    return [row.street_code] if row.street_code else []
