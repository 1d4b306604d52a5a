"""The contract every service has besides its own: jobs, the demonstration's clock, and how its bus is doing."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.actor import SYSTEM
from chassis.fields import Id, Instant, PageQuery, Text
from chassis.operations import Operation
from chassis.operations import command as command_row
from chassis.operations import rpc as rpc_row

OPERATORS = ("operator", "administrator")


def fingerprint(**kwargs: Any) -> fields.String:
    """Of a failure: SHA-256 in hex."""
    return fields.String(validate=validate.Regexp(r"^[0-9a-f]{64}\Z"), **kwargs)


class JobQuery(Schema):
    """One job."""

    job_id = Text(required=True, at_most=60)


class JobView(Schema):
    """Progress and outcome of long work."""

    job_id = fields.String()
    name = fields.String()
    status = fields.String(metadata={"enum": ["queued", "running", "done", "failed"]})
    done = fields.Integer()
    total = fields.Integer()
    result = fields.Raw(allow_none=True)
    error = fields.Raw(allow_none=True)


class FileRef(Schema):
    """A stored file by its content's hash."""

    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))


class FileAccess(Schema):
    """Whether the caller may see a row of this service that names the file."""

    allowed = fields.Boolean()


class FileHolders(Schema):
    """How many rows of this service, and jobs that still have it, name the file."""

    holders = fields.Integer()


class PersonRef(Schema):
    """One account."""

    account_id = Id("acc", required=True)


class PersonalData(Schema):
    """What this service keeps about a person, by title."""

    data = fields.Dict(keys=fields.String(), values=fields.Raw())


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
    oldest_unsent_seconds = fields.Float(
        allow_none=True, metadata={"description": "最早未发事件的等待秒数 / how long the oldest unsent event waits"}
    )
    retrying = fields.Integer(metadata={"description": "正在延迟重试的事件 / events on their way through a retry tier"})
    parked = fields.Integer(metadata={"description": "尚未处理的滞留消息 / parked messages not settled yet"})
    parked_expired = fields.Integer(metadata={"description": "其中超过保留期的 / of these, too old for a replay"})
    replaying = fields.Integer(metadata={"description": "其中待重放的 / of these, on their way back"})
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


class ParkedRef(Schema):
    """One parked message."""

    parked_id = Id("prk", required=True)


class ParkedQuery(PageQuery):
    """Which parked messages; ``settled``: those that were replayed or discarded."""

    fingerprint = fingerprint()
    settled = fields.Boolean(load_default=False)


class ParkedGroupRef(Schema):
    """Every message that failed in the same way."""

    fingerprint = fingerprint(required=True)


class Discard(Schema):
    """Why it is given up."""

    reason = Text(at_least=1, at_most=500, required=True)


class DiscardParked(Discard, ParkedRef):
    """Give one message up."""


class DiscardParkedGroup(Discard, ParkedGroupRef):
    """Give a group up."""


class ParkedGroup(Schema):
    """Unsettled messages of one failure fingerprint."""

    fingerprint = fields.String()
    queue = fields.String()
    error = fields.String()
    count = fields.Integer()
    expired = fields.Integer()
    replaying = fields.Integer()
    first_parked_at = Instant()
    last_parked_at = Instant()


class ParkedView(Schema):
    """A parked message, without what it says."""

    parked_id = fields.String()
    queue = fields.String()
    event_id = fields.String(allow_none=True)
    event = fields.String(allow_none=True)
    error = fields.String()
    fingerprint = fields.String()
    content_type = fields.String(allow_none=True)
    body_bytes = fields.Integer()
    parked_at = Instant()
    state = fields.String(metadata={"enum": ["waiting", "expired", "replaying", "replayed", "discarded"]})
    asked_at = Instant(allow_none=True)
    asked_by = fields.String(allow_none=True)
    refusal = fields.String(allow_none=True)
    settled_at = Instant(allow_none=True)
    settled_by = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)


class ParkedDetail(ParkedView):
    """A parked message with headers and body; a long body is cut, and says so."""

    headers = fields.Raw()
    body = fields.String()
    encoding = fields.String(metadata={"enum": ["text", "base64"]})
    truncated = fields.Boolean()


class ParkedOutcome(Schema):
    """What was decided. A replay is on its way once the state is ``replayed``."""

    parked_id = fields.String()
    state = fields.String(metadata={"enum": ["replaying", "discarded"]})


class ParkedBatch(Schema):
    """How many were decided about; ``remaining`` wait for the next call, ``expired`` can only be discarded."""

    count = fields.Integer()
    remaining = fields.Integer()
    expired = fields.Integer()


PARKED_OPERATIONS: tuple[Operation, ...] = (
    rpc_row(
        "list_parked_groups",
        PageQuery,
        ParkedGroup,
        roles=OPERATORS,
        zh="滞留消息分组",
        en="Parked messages by failure",
        many=True,
    ),
    rpc_row("list_parked", ParkedQuery, ParkedView, roles=OPERATORS, zh="滞留消息", en="Parked messages", many=True),
    rpc_row("get_parked", ParkedRef, ParkedDetail, roles=OPERATORS, zh="查看滞留消息", en="A parked message"),
    command_row("replay_parked", ParkedRef, ParkedOutcome, roles=OPERATORS, zh="重放一条", en="Replay one message"),
    command_row("discard_parked", DiscardParked, ParkedOutcome, roles=OPERATORS, zh="丢弃一条", en="Discard one"),
    command_row(
        "replay_parked_group", ParkedGroupRef, ParkedBatch, roles=OPERATORS, zh="重放一组", en="Replay a group"
    ),
    command_row(
        "discard_parked_group", DiscardParkedGroup, ParkedBatch, roles=OPERATORS, zh="丢弃一组", en="Discard a group"
    ),
    command_row("replay_all_parked", None, ParkedBatch, roles=OPERATORS, zh="全部重放", en="Replay all"),
    command_row("discard_all_parked", Discard, ParkedBatch, roles=OPERATORS, zh="全部丢弃", en="Discard all"),
)
OPERATIONS: tuple[Operation, ...] = (
    rpc_row("get_job", JobQuery, JobView, roles=("*",), zh="查看后台任务", en="Follow a job"),
    rpc_row("get_file_access", FileRef, FileAccess, roles=("*",), zh="能否查看文件", en="Whether a file may be seen"),
    rpc_row("count_file_holders", FileRef, FileHolders, roles=(SYSTEM,), zh="文件被引用数", en="Rows that name a file"),
    rpc_row(
        "get_personal_data", PersonRef, PersonalData, roles=(SYSTEM,), zh="个人信息（仅系统）", en="A person's data"
    ),
    rpc_row("get_clock", None, ClockView, roles=("*",), zh="辖区时钟", en="The district clock"),
    command_row("advance_clock", AdvanceClock, ClockView, roles=OPERATORS, zh="拨快演示时钟", en="Move the clock"),
    rpc_row("get_bus_state", None, BusView, roles=OPERATORS, zh="总线状态", en="State of the bus"),
    rpc_row("list_sent_events", SentQuery, SentView, roles=OPERATORS, zh="已发事件", en="Sent events"),
    rpc_row("count_missing_events", MissingQuery, MissingView, roles=OPERATORS, zh="未到事件", en="Missing events"),
    *PARKED_OPERATIONS,
)
