"""Deciding about parked messages: replay or discard one, a group, or all; who, when and why are kept with the row.

A replay is only asked for here. The relay sends it: nothing else publishes, and no transaction waits for a network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from chassis import clock, ids, logging
from chassis.codes import ChassisCode
from chassis.errors import ConflictError, NotFoundError
from chassis.events import Envelope, from_message
from chassis.outbox import CHANNEL
from chassis.runtime.parked import OPEN, WAITING, Operator, expired
from chassis.tables import Parked

log = logging.get(__name__)
Discards = Mapping[str, Callable[..., None]]
BATCH = 1000


def replay(session: Session, operator: Operator, parked_id: str) -> dict[str, Any]:
    """Ask for the replay of one message. Refused once it is settled, asked for, or past the inbox's memory."""
    _check_one(session, operator, parked_id, replaying=True)
    _ask(session, operator, [parked_id])
    return {"parked_id": parked_id, "state": "replaying"}


def discard(session: Session, operator: Operator, parked_id: str, *, reason: str, discards: Discards) -> dict[str, Any]:
    """Give one message up. ``discards``: ``{queue: hook}`` of who must know of it in the same transaction."""
    _check_one(session, operator, parked_id, replaying=False)
    _discard(session, operator, [parked_id], reason, discards)
    return {"parked_id": parked_id, "state": "discarded"}


def replay_many(session: Session, operator: Operator, *, fingerprint: str | None = None) -> dict[str, int]:
    """Ask for the replay of a group, or of all: the oldest thousand that may be; ``remaining`` says how many more."""
    late = expired(clock.system_now())
    chosen = _choose(session, operator, fingerprint, ~late)
    if not chosen:
        _explain(session, operator, fingerprint, late)
    _ask(session, operator, chosen)
    return {
        "count": len(chosen),
        "remaining": _count(session, operator, fingerprint, ~late),
        "expired": _count(session, operator, fingerprint, late),
    }


def discard_many(
    session: Session, operator: Operator, *, fingerprint: str | None = None, reason: str, discards: Discards
) -> dict[str, int]:
    """Give up a group, or all, a thousand at a time."""
    chosen = _choose(session, operator, fingerprint)
    if not chosen:
        _explain(session, operator, fingerprint)
    _discard(session, operator, chosen, reason, discards)
    return {"count": len(chosen), "remaining": _count(session, operator, fingerprint), "expired": 0}


# one ------------------------------------------------------------------------------------------------------------


def _check_one(session: Session, operator: Operator, parked_id: str, *, replaying: bool) -> None:
    """Locks the row: of two decisions the second sees the first."""
    late = expired(clock.system_now()).label("late")
    columns = (Parked.settled_at, Parked.settled_as, Parked.asked_at, late)
    found = session.execute(
        select(*columns).where(Parked.id == parked_id, operator.seen).with_for_update(of=Parked)
    ).one_or_none()
    if found is None:
        raise NotFoundError(ChassisCode.PARKED_NOT_FOUND)
    if found.settled_at is not None:
        raise ConflictError(ChassisCode.PARKED_SETTLED, settled_as=found.settled_as)
    if found.asked_at is not None:
        raise ConflictError(ChassisCode.PARKED_REPLAYING)
    if replaying and found.late:
        raise ConflictError(ChassisCode.PARKED_EXPIRED)


# many -----------------------------------------------------------------------------------------------------------


def _wanted(operator: Operator, fingerprint: str | None) -> list[ColumnElement[bool]]:
    one = [] if fingerprint is None else [Parked.fingerprint == fingerprint]
    return [operator.seen, *one]


def _choose(session: Session, operator: Operator, fingerprint: str | None, *more: ColumnElement[bool]) -> list[str]:
    statement = select(Parked.id).where(WAITING, *more, *_wanted(operator, fingerprint))
    statement = statement.order_by(Parked.parked_at, Parked.id).limit(BATCH)
    return list(session.scalars(statement.with_for_update(skip_locked=True)))


def _count(session: Session, operator: Operator, fingerprint: str | None, *more: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(Parked).where(WAITING, *more, *_wanted(operator, fingerprint))
    return session.scalar(statement) or 0


def _explain(session: Session, operator: Operator, fingerprint: str | None, *late: ColumnElement[bool]) -> None:
    """A group of which nothing can be settled is a wrong state; an empty parking is none."""
    if fingerprint is None:
        return
    rows = select(Parked.id).where(*_wanted(operator, fingerprint))
    if session.scalar(select(rows.exists())) is False:
        raise NotFoundError(ChassisCode.PARKED_GROUP_NOT_FOUND)
    if late and session.scalar(select(rows.where(WAITING, *late).exists())):
        raise ConflictError(ChassisCode.PARKED_EXPIRED)
    if session.scalar(select(rows.where(OPEN).exists())):
        raise ConflictError(ChassisCode.PARKED_REPLAYING)
    raise ConflictError(ChassisCode.PARKED_SETTLED)


# writing --------------------------------------------------------------------------------------------------------


def _ask(session: Session, operator: Operator, chosen: list[str]) -> None:
    if not chosen:
        return
    values = {"asked_at": clock.system_now(), "asked_by": operator.who, "refusal": None}
    session.execute(update(Parked).where(Parked.id.in_(chosen)).values(values))
    session.execute(text(f"NOTIFY {CHANNEL}"))  # wakes the relay
    log.info("parked_replay_asked", by=operator.who, count=len(chosen), first=chosen[0])


def _discard(session: Session, operator: Operator, chosen: list[str], reason: str, discards: Discards) -> None:
    if not chosen:
        return
    told = select(Parked.id, Parked.queue, Parked.headers, Parked.body)
    for row in session.execute(told.where(Parked.id.in_(chosen), Parked.queue.in_(discards))):
        _tell(session, discards[row.queue], row, reason)
    settled: dict[str, Any] = {"settled_at": clock.system_now(), "settled_as": "discarded"}
    settled |= {"settled_by": operator.who, "reason": reason}
    session.execute(update(Parked).where(Parked.id.in_(chosen)).values(settled))
    log.info("parked_discarded", by=operator.who, count=len(chosen), first=chosen[0])


def _tell(session: Session, hook: Callable[..., None], row: Any, reason: str) -> None:
    """What is no event of ours has nobody waiting for it; it must not keep itself from being discarded."""
    envelope = envelope_of(row.headers, row.body)
    if envelope is None:
        return
    try:
        with session.begin_nested():
            hook(session, envelope=envelope, reason=reason)
    except (DataError, ValueError) as error:  # nothing an event of ours could ever hold: too large, not canonical
        log.warning("discard_untold", parked_id=row.id, error=type(error).__name__)


def envelope_of(headers: dict[str, Any], body: bytes) -> Envelope | None:
    """The event of a parked message, without its payload where that is what is broken."""
    for content in (body, b"{}"):
        try:
            envelope = msgspec.convert(msgspec.to_builtins(from_message(headers, content)), Envelope)
        except ValueError:  # msgspec.ValidationError is one
            continue
        return envelope if ids.is_id("evt", envelope.id) else None
    return None
