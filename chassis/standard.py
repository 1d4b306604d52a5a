"""The contract every service has besides its own: jobs, the demonstration's clock, and how its bus is doing."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.operations import Operation
from chassis.operations import command as command_row
from chassis.operations import rpc as rpc_row

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
    recorded = fields.Integer(metadata={"description": "有史以来记录的事件数 / events ever recorded"})
    position = fields.Integer()


class SentView(Schema):
    """Sent events: ``[[event id, event name]]``, and how many still wait."""

    events = fields.List(fields.List(fields.String()))
    unsent = fields.Integer()
    position = fields.Integer()


class MissingView(Schema):
    """How many of the asked (handler, event) pairs are not in the inbox and not parked."""

    missing = fields.Integer()


OPERATIONS: tuple[Operation, ...] = (
    rpc_row("get_job", JobQuery, JobView, roles=("*",), zh="查看后台任务", en="Follow a job"),
    rpc_row("get_clock", None, ClockView, roles=("*",), zh="辖区时钟", en="The district clock"),
    command_row("advance_clock", AdvanceClock, ClockView, roles=OPERATORS, zh="拨快演示时钟", en="Move the clock"),
    rpc_row("get_bus_state", None, BusView, roles=OPERATORS, zh="总线状态", en="State of the bus"),
    rpc_row("list_sent_events", SentQuery, SentView, roles=OPERATORS, zh="已发事件", en="Sent events"),
    rpc_row("count_missing_events", MissingQuery, MissingView, roles=OPERATORS, zh="未到事件", en="Missing events"),
)
