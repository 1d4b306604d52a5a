"""The rows beside the fact: command log, subject version, outbox, NOTIFY; as chassis.outbox and the seam write them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec
from sqlalchemy import Executable, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis import clock, ids
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import InvalidError
from chassis.events import Envelope, Event, type_of
from chassis.outbox import CHANNEL
from chassis.tables import CommandLog, DistrictClock, OutboxEvent, SubjectVersion

_ENCODER = msgspec.json.Encoder(order="sorted")
SOURCE = "registry"


class Transaction(Protocol):
    """What AsyncConnection and AsyncSession have in common here."""

    async def execute(self, statement: Executable) -> Any: ...


async def district_now(transaction: Transaction, district_code: str) -> datetime:
    """The district clock, as the product's domain reads it."""
    statement = select(DistrictClock.offset_seconds).where(DistrictClock.district_code == district_code)
    ahead = (await transaction.execute(statement)).scalar_one_or_none()
    return clock.system_now() + timedelta(seconds=ahead or 0)


def digest(operation: str, actor: Actor, arguments: dict[str, Any]) -> str:
    """Of a request, to tell a key used for another one."""
    body = _ENCODER.encode([operation, actor.account_id, actor.role, msgspec.to_builtins(arguments)])
    return hashlib.sha256(body).hexdigest()


async def claim_command(transaction: Transaction, command_id: str, operation: str, request_hash: str) -> Any:
    """Reserve the id, or what was stored for it; raises where it was used for another request."""
    values = {
        "command_id": command_id,
        "operation": operation,
        "request_hash": request_hash,
        "done_at": clock.system_now(),
    }
    claim = upsert(CommandLog).values(**values).on_conflict_do_nothing().returning(CommandLog.command_id)
    if (await transaction.execute(claim)).scalar_one_or_none() is not None:
        return None
    found = select(CommandLog.operation, CommandLog.request_hash, CommandLog.reply)
    row = (await transaction.execute(found.where(CommandLog.command_id == command_id))).one()
    if row.operation != operation or row.request_hash != request_hash:
        raise InvalidError(ChassisCode.COMMAND_KEY_REUSED)
    return row.reply


async def record(transaction: Transaction, event: Event, *, actor: Actor, now: datetime, trace_id: str) -> None:
    """The event's row, its gapless version, and the relay's wake-up."""
    kind = type_of(type(event))
    subject = getattr(event, kind.subject_field)
    district = actor.district_code
    envelope = Envelope(
        id=ids.new_id("evt"),
        name=kind.name,
        source=SOURCE,
        subject=subject,
        subject_version=await _next_version(transaction, district, subject),
        district_code=district,
        occurred_at=now,
        actor=actor.to_trace(),
        trace_id=trace_id,
        payload=msgspec.to_builtins(event),
    )
    row = {
        "id": envelope.id,
        "name": envelope.name,
        "district_code": district,
        "subject": subject,
        "subject_version": envelope.subject_version,
        "occurred_at": now,
        "recorded_at": clock.system_now(),
        "headers": envelope.to_headers(),
        "payload": envelope.payload,
    }
    await transaction.execute(insert(OutboxEvent).values(row))
    await transaction.execute(text(f"NOTIFY {CHANNEL}"))


async def _next_version(transaction: Transaction, district_code: str, subject: str) -> int:
    statement = (
        upsert(SubjectVersion)
        .values(district_code=district_code, subject=subject, version=1)
        .on_conflict_do_update(
            index_elements=["district_code", "subject"], set_={"version": SubjectVersion.version + 1}
        )
        .returning(SubjectVersion.version)
    )
    version: int = (await transaction.execute(statement)).scalar_one()
    return version
