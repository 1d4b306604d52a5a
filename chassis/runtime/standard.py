"""The face every service has besides its own: jobs, the demonstration's clock, and how its bus is doing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, config, jobs
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import ForbiddenError, InvalidError
from chassis.runtime import retention
from chassis.runtime.entrypoints import command, every, rpc
from chassis.standard import OPERATIONS as OPERATIONS
from chassis.tables import DistrictClock, InboxEvent, Job, OutboxEvent, Parked, SubjectVersion, Timer


class Housekeeping:
    """Mixed into every service class."""

    @every(seconds=3600)
    def prune_old(self, session: Session) -> None:
        retention.prune(session)

    @rpc
    def get_job(self, session: Session, *, actor: Actor, job_id: str) -> dict[str, Any]:
        return jobs.view(jobs.get(session, job_id, account_id=actor.account_id))

    @rpc
    def get_clock(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return _clock_view(session, actor.district_code)

    @command
    def advance_clock(self, session: Session, *, actor: Actor, seconds: int) -> dict[str, Any]:
        if not config.DEMO.get():
            raise ForbiddenError(ChassisCode.CLOCK_NOT_DEMO)
        return move_clock(session, actor.district_code, seconds)

    @rpc
    def get_bus_state(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return bus_state(session)

    @rpc
    def list_sent_events(self, session: Session, *, actor: Actor, after: int) -> dict[str, Any]:
        rows = session.execute(
            select(OutboxEvent.id, OutboxEvent.name, OutboxEvent.position, OutboxEvent.sent_at)
            .where(OutboxEvent.position > after)
            .order_by(OutboxEvent.position)
        ).all()
        sent = [row for row in rows if row.sent_at is not None]
        return {
            "events": [[row.id, row.name] for row in sent],
            "unsent": len(rows) - len(sent),
            "position": rows[-1].position if rows else after,
        }

    @rpc
    def count_missing_events(self, session: Session, *, actor: Actor, pairs: list[list[str]]) -> dict[str, Any]:
        events = {event_id for _, event_id in pairs}
        seen = session.execute(
            select(InboxEvent.handler, InboxEvent.event_id).where(InboxEvent.event_id.in_(events))
        ).all()
        parked = session.execute(select(Parked.queue, Parked.event_id).where(Parked.event_id.in_(events))).all()
        known = set(seen) | set(parked)
        return {"missing": sum((handler, event_id) not in known for handler, event_id in pairs)}


def move_clock(session: Session, district_code: str, seconds: int) -> dict[str, Any]:
    """Forward only; the row is shared by all processes of the service."""
    if seconds <= 0:
        raise InvalidError(ChassisCode.CLOCK_BACKWARD)
    statement = insert(DistrictClock).values(district_code=district_code, offset_seconds=seconds)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["district_code"], set_={"offset_seconds": DistrictClock.offset_seconds + seconds}
        )
    )
    session.info.pop("clock_offsets", None)
    return _clock_view(session, district_code)


def bus_state(session: Session) -> dict[str, Any]:
    """What waits in this service's database."""
    system = clock.system_now()
    ahead = session.scalar(select(func.max(DistrictClock.offset_seconds))) or 0
    due = Timer.due_at <= system + timedelta(seconds=ahead)
    return {
        "unsent": session.scalar(select(func.count()).where(OutboxEvent.sent_at.is_(None))) or 0,
        "parked": session.scalar(select(func.count()).where(Parked.settled_at.is_(None))) or 0,
        "jobs": session.scalar(select(func.count()).where(Job.status.in_(["queued", "running"]))) or 0,
        "timers_due": session.scalar(
            select(func.count()).where(Timer.fired_at.is_(None), Timer.cancelled_at.is_(None), due)
        )
        or 0,
        "recorded": int(session.scalar(select(func.sum(SubjectVersion.version))) or 0),
        "position": session.scalar(select(func.max(OutboxEvent.position))) or 0,
    }


def _clock_view(session: Session, district_code: str) -> dict[str, Any]:
    now = clock.now(session, district_code).astimezone(clock.SHANGHAI)
    ahead = clock.offset(session, district_code)
    return {
        "now": now.isoformat(timespec="seconds"),
        "offset_seconds": int(ahead.total_seconds()),
        "demo": config.DEMO.get(),
    }
