"""Firing: due timers and periodic tasks, once each under any number of replicas."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis import clock, context, crash, db, logging
from chassis.actor import system_actor
from chassis.context import Context
from chassis.runtime import parking
from chassis.runtime.entrypoints import entrypoints
from chassis.runtime.execute import Executor, logged, new_trace_id
from chassis.tables import DistrictClock, Periodic, Timer

log = logging.get(__name__)
RETRY_SECONDS = (5, 30, 300, 1800)


def fire_due(executor: Executor, *, at_most: int = 500) -> int:
    """Fire every timer that is due on its district's clock; each in its own transaction. Returns how many fired."""
    fired = 0
    while fired < at_most and _fire_one(executor):
        fired += 1
    return fired


def _fire_one(executor: Executor) -> bool:
    timer_id = ""
    try:
        with executor.sessions.begin() as session:
            timer = _claim(session, _names(executor, "timer"))
            if timer is None:
                return False
            timer_id = timer.id
            crash.point("timer.after_claim")
            _run(executor, session, timer)
            session.flush()
            crash.point("timer.after_effect")
    except DBAPIError as error:
        if not timer_id or db.is_outage(error):
            raise  # an outage is nobody's fault
        _put_off(executor, timer_id, error)
    crash.point("timer.after_commit")
    return True


def _run(executor: Executor, session: Session, timer: Timer) -> None:
    """Run inside a savepoint: a failing timer keeps its row, with the error and a later retry."""
    actor = system_actor(timer.name, timer.district_code)
    trace_id = timer.trace_id or new_trace_id()
    ctx = Context(service=executor.service.name, actor=actor, trace_id=trace_id, causation_id=timer.id)
    context.bind(session, ctx)
    method = getattr(executor.service.cls(), timer.name)
    now = clock.now(session, timer.district_code)
    with logged(ctx, timer=timer.name):
        try:
            with session.begin_nested():
                method(session, actor=ctx.actor, now=now, **timer.payload)
        except Exception as error:
            _failed(timer, error)
        else:
            timer.fired_at = clock.system_now()


def _failed(timer: Timer, error: Exception) -> None:
    wait = RETRY_SECONDS[min(timer.attempts, len(RETRY_SECONDS) - 1)]
    timer.attempts += 1
    timer.error = parking.summary(error)  # later lines of a database error quote rows
    timer.retry_at = clock.system_now() + timedelta(seconds=wait)
    log.exception("timer_failed", timer=timer.name, attempts=timer.attempts)


def _put_off(executor: Executor, timer_id: str, error: Exception) -> None:
    """What fails in its commit (a deferred constraint) waits too; else it kept every later timer from its turn."""
    with executor.sessions.begin() as session:
        mine = select(Timer).where(Timer.id == timer_id, Timer.fired_at.is_(None))
        timer = session.scalars(mine.with_for_update(skip_locked=True)).one_or_none()
        if timer is not None:
            _failed(timer, error)


def _names(executor: Executor, word: str) -> list[str]:
    """Methods of this service: a database may be shared with another process's."""
    return [name for name, mark in entrypoints(executor.service.cls).items() if mark.word == word]


def _claim(session: Session, names: list[str]) -> Timer | None:
    system = clock.system_now()
    offsets = {row.district_code: row.offset_seconds for row in session.scalars(select(DistrictClock))}
    due = Timer.due_at <= system
    for district, seconds in offsets.items():
        due = due | ((Timer.district_code == district) & (Timer.due_at <= system + timedelta(seconds=seconds)))
    ready = Timer.retry_at.is_(None) | (Timer.retry_at <= system)
    open_ = Timer.name.in_(names) & Timer.fired_at.is_(None) & Timer.cancelled_at.is_(None)
    statement = select(Timer).where(open_, due, ready).order_by(Timer.due_at, Timer.id).limit(1)
    found: Timer | None = session.scalars(statement.with_for_update(skip_locked=True)).one_or_none()
    return found


def run_periodic(executor: Executor, district_code: str) -> int:
    """Run each ``@every`` method whose period has passed; the row lock makes it once over all replicas."""
    ran = 0
    for name in _names(executor, "every"):
        seconds = entrypoints(executor.service.cls)[name].seconds
        try:
            with executor.system_session(name, district_code) as session:
                if not _take_turn(session, name, seconds):
                    continue
                crash.point("every.after_turn")
                getattr(executor.service.cls(), name)(session)
                session.flush()
                crash.point("every.after_effect")
                ran += 1
            crash.point("every.after_commit")
        except Exception:
            log.exception("periodic_failed", task=name)
            _skip_turn(executor, name, seconds)
    return ran


def _skip_turn(executor: Executor, name: str, seconds: float) -> None:
    """A failing task waits for its next turn like any other, and keeps none of the others from theirs."""
    with executor.sessions.begin() as session:
        _take_turn(session, name, seconds)


def _take_turn(session: Session, name: str, seconds: float) -> bool:
    now = clock.system_now()
    session.execute(insert(Periodic).values(name=name, next_at=now).on_conflict_do_nothing())
    row: Any = session.scalars(
        select(Periodic).where(Periodic.name == name, Periodic.next_at <= now).with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return False
    row.next_at = now + timedelta(seconds=seconds)
    session.flush()
    return True
