"""The rows beside the fact: command log, subject version, outbox, NOTIFY; as chassis.outbox and the seam write them."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
from sqlalchemy import Executable, select
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis import clock, config, ids, outbox
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import InvalidError
from chassis.events import Envelope, Event, type_of
from chassis.tables import CommandLog, DistrictClock

_ENCODER = msgspec.json.Encoder(order="sorted")
SOURCE = "registry"


class Transaction(Protocol):
    """What AsyncConnection and AsyncSession have in common here."""

    async def execute(self, statement: Executable, parameters: Any = None, /) -> Any: ...


async def district_now(transaction: Transaction, district_code: str) -> datetime:
    """The district clock, as the product's domain reads it: a demonstration's may run ahead."""
    if not config.DEMO.get():
        return clock.system_now()
    statement = select(DistrictClock.offset_seconds).where(DistrictClock.district_code == district_code)
    ahead = (await transaction.execute(statement)).scalar_one_or_none()
    return clock.system_now() + timedelta(seconds=ahead or 0)


def digest(operation: str, actor: Actor, arguments: dict[str, Any]) -> str:
    """Of a request, to tell a key used for another one."""
    body = _ENCODER.encode([operation, actor.account_id, actor.role, msgspec.to_builtins(arguments)])
    return hashlib.sha256(body).hexdigest()


async def claim_command(
    transaction: Transaction, command_id: str, operation: str, request_hash: str, trace_id: str
) -> Any:
    """Reserve the id, or what was stored for it; raises where it was used for another request."""
    values = {
        "command_id": command_id,
        "operation": operation,
        "request_hash": request_hash,
        "done_at": clock.system_now(),
        "trace_id": trace_id,
    }
    claim = upsert(CommandLog).values(**values).on_conflict_do_nothing().returning(CommandLog.command_id)
    if (await transaction.execute(claim)).scalar_one_or_none() is not None:
        return None
    found = select(CommandLog.operation, CommandLog.request_hash, CommandLog.reply)
    row = (await transaction.execute(found.where(CommandLog.command_id == command_id))).one()
    if row.operation != operation or row.request_hash != request_hash:
        raise InvalidError(ChassisCode.COMMAND_KEY_REUSED)
    return row.reply


async def record(
    transaction: Transaction, event: Event, *, actor: Actor, now: datetime, trace_id: str, command_id: str
) -> None:
    """The event's row, its gapless version, and the relay's wake-up: the product's own statement."""
    kind = type_of(type(event))
    envelope = Envelope(
        id=ids.new_id("evt"),
        name=kind.name,
        source=SOURCE,
        subject=getattr(event, kind.subject_field),
        subject_version=0,
        district_code=actor.district_code,
        occurred_at=now,
        actor=actor.to_trace(),
        trace_id=trace_id,
        causation_id=ids.encode("cmd", uuid.UUID(command_id)),
        payload=msgspec.to_builtins(event),
    )
    await transaction.execute(outbox.RECORD, outbox.row_of(envelope))
