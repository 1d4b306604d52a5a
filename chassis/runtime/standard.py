"""The face every service has besides its own: jobs, the demonstration's clock, and how its bus is doing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, config, jobs
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import ForbiddenError, InvalidError
from chassis.operations import Operation
from chassis.operations import command as command_row
from chassis.operations import rpc as rpc_row
from chassis.runtime.entrypoints import command, rpc
from chassis.tables import DistrictClock, InboxEvent, Job, OutboxEvent, Parked, Timer

OPERATORS = ("operator", "administrator")


class JobQuery(Schema):
    """One job."""

    job_id = fields.String(required=True, validate=validate.Length(max=60))


class JobView(Schema):
    """Progress and outcome of long work."""

    job_id = fields.String()
    name = fields.String()
    status = fields.String(metadata={"enum": ["queued", "running", "done", "failed"]})
    done = fields.Integer()
    total = fields.Integer()
    result = fields.Raw(allow_none=True)
    error = fields.Raw(allow_none=True)


class AdvanceClock(Schema):
    """Move the district clock forward."""

    seconds = fields.Integer(required=True, validate=validate.Range(min=1, max=366 * 86400))


class ClockView(Schema):
    """The district clock."""

    now = fields.String()
    offset_seconds = fields.Integer()
    demo = fields.Boolean()


class SentQuery(Schema):
    """Events of the outbox after a position."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**62))


class MissingQuery(Schema):
    """Which of these events have handlers of this service not applied yet."""

    pairs = fields.List(fields.List(fields.String(), validate=validate.Length(equal=2)), required=True)


class BusView(Schema):
    """Counts that must all be zero when the service is at rest."""

    unsent = fields.Integer()
    parked = fields.Integer()
    jobs = fields.Integer()
    timers_due = fields.Integer()
    position = fields.Integer()


class SentView(Schema):
    """Sent events: ``[[event id, event name]]``, and how many still wait."""

    events = fields.List(fields.List(fields.String()))
    unsent = fields.Integer()
    position = fields.Integer()


class MissingView(Schema):
    """How many of the asked (handler, event) pairs are not in the inbox and not parked."""

    missing = fields.Integer()


class Housekeeping:
    """Mixed into every service class."""

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
        ).tuples()
        parked = session.execute(select(Parked.queue, Parked.event_id).where(Parked.event_id.in_(events))).tuples()
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


OPERATIONS: tuple[Operation, ...] = (
    rpc_row("get_job", JobQuery, JobView, roles=("*",), zh="查看后台任务", en="Follow a job"),
    rpc_row("get_clock", None, ClockView, roles=("*",), zh="辖区时钟", en="The district clock"),
    command_row("advance_clock", AdvanceClock, ClockView, roles=OPERATORS, zh="拨快演示时钟", en="Move the clock"),
    rpc_row("get_bus_state", None, BusView, roles=OPERATORS, zh="总线状态", en="State of the bus"),
    rpc_row("list_sent_events", SentQuery, SentView, roles=OPERATORS, zh="已发事件", en="Sent events"),
    rpc_row("count_missing_events", MissingQuery, MissingView, roles=OPERATORS, zh="未到事件", en="Missing events"),
)
