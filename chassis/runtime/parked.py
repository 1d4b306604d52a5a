"""Reading and settling parked messages: the operator's API and the command line say the same through it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from chassis import clock, config, db
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import InvalidError, NotFoundError
from chassis.runtime.retention import first_id
from chassis.standard import ParkedDetail, ParkedGroup, ParkedView
from chassis.tables import Parked

Page = dict[str, Any]
OPEN = Parked.settled_at.is_(None)
WAITING = and_(OPEN, Parked.asked_at.is_(None))


@dataclass(frozen=True, kw_only=True)
class Operator:
    """Who looks and decides: an account id or ``cli:<user>``. ``district_code`` None sees every district's."""

    who: str
    district_code: str | None = None

    @property
    def seen(self) -> ColumnElement[bool]:
        """A cell holds many districts; what names none (poison) belongs to whoever runs the cell."""
        if self.district_code is None:
            return true()
        told = Parked.headers["cloudEvents_district"].astext
        return or_(told == self.district_code, told.is_(None))


def operator_of(actor: Actor) -> Operator:
    """The caller of the API. A street's gateway shows its street only, and a message may be of any."""
    db.check_street(actor, None)
    return Operator(who=str(actor.account_id or actor.name)[:60], district_code=actor.district_code)


def cutoffs(now: datetime) -> tuple[datetime, str]:
    """Parked before the first, or recorded before the id that is the second: a replay could double an effect.

    The inbox forgets an event INBOX_RETENTION_DAYS after it was applied, which is after it was recorded; its id
    holds that time on the system's clock. One day less, for the way through queues and retries.
    """
    parked = now - timedelta(days=config.PARKED_DAYS.get())
    return parked, first_id(now - timedelta(days=config.INBOX_DAYS.get() - 1))


def expired(now: datetime) -> ColumnElement[bool]:
    """Whether a replay would come too late."""
    parked, recorded = cutoffs(now)
    ours = and_(Parked.event_id.like("evt\\_%"), Parked.event_id.collate("C") < recorded)
    return or_(Parked.parked_at < parked, func.coalesce(ours, False))


def state(now: datetime) -> ColumnElement[str]:
    """``replayed`` and ``discarded`` are final."""
    return case(
        (Parked.settled_at.is_not(None), Parked.settled_as),
        (Parked.asked_at.is_not(None), "replaying"),
        (expired(now), "expired"),
        else_="waiting",
    )


# reading --------------------------------------------------------------------------------------------------------


def list_groups(session: Session, operator: Operator, *, cursor: str | None = None, limit: int | None = None) -> Page:
    """Unsettled messages by failure fingerprint, the most recent failure first."""
    now, last = clock.system_now(), func.max(Parked.parked_at)
    statement = (
        select(
            Parked.fingerprint,
            Parked.queue,
            func.max(Parked.error).label("error"),
            func.count().label("count"),
            func.count().filter(WAITING, expired(now)).label("expired"),
            func.count().filter(Parked.asked_at.is_not(None)).label("replaying"),
            func.min(Parked.parked_at).label("first_parked_at"),
            last.label("last_parked_at"),
        )
        .where(OPEN, operator.seen)
        .group_by(Parked.fingerprint, Parked.queue)
        .order_by(last.desc(), Parked.fingerprint.desc())
    )
    if cursor is not None:
        statement = statement.having(tuple_(last, Parked.fingerprint) < _open_cursor(cursor))
    return _page(session, statement, limit, ParkedGroup().dump, lambda row: (row.last_parked_at, row.fingerprint))


def list_messages(
    session: Session,
    operator: Operator,
    *,
    fingerprint: str | None = None,
    settled: bool = False,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page:
    """Messages without their bodies, newest first; those not settled yet, or those settled."""
    statement = select(*_columns(clock.system_now())).where(~OPEN if settled else OPEN, operator.seen)
    if fingerprint is not None:
        statement = statement.where(Parked.fingerprint == fingerprint)
    if cursor is not None:
        statement = statement.where(tuple_(Parked.parked_at, Parked.id) < _open_cursor(cursor))
    statement = statement.order_by(Parked.parked_at.desc(), Parked.id.desc())
    return _page(session, statement, limit, ParkedView().dump, lambda row: (row.parked_at, row.parked_id))


def get_message(session: Session, operator: Operator, parked_id: str) -> dict[str, Any]:
    """One message with headers and body; ``encoding`` says how the body is shown."""
    columns = (*_columns(clock.system_now()), Parked.headers, Parked.body)
    row = session.execute(select(*columns).where(Parked.id == parked_id, operator.seen)).one_or_none()
    if row is None:
        raise NotFoundError(ChassisCode.PARKED_NOT_FOUND)
    found: dict[str, Any] = ParkedDetail().dump({**row._mapping, **shown(row.body)})
    return found


def shown(body: bytes) -> dict[str, Any]:
    """A body as JSON can hold it: text where it is text, else base64; its first EVENT_BODY_LIMIT_BYTES."""
    part = body[: config.BODY_LIMIT.get()]
    about = {"truncated": len(part) < len(body)}
    try:
        if b"\x00" not in body:
            body.decode()
            return {"body": part.decode(errors="ignore"), "encoding": "text", **about}
    except UnicodeDecodeError:
        pass
    return {"body": base64.b64encode(part).decode(), "encoding": "base64", **about}


def _columns(now: datetime) -> tuple[Any, ...]:
    return (
        Parked.id.label("parked_id"),
        Parked.queue,
        Parked.event_id,
        Parked.headers["cloudEvents_type"].astext.label("event"),
        Parked.error,
        Parked.fingerprint,
        Parked.content_type,
        func.length(Parked.body).label("body_bytes"),
        Parked.parked_at,
        state(now).label("state"),
        Parked.asked_at,
        Parked.asked_by,
        Parked.refusal,
        Parked.settled_at,
        Parked.settled_by,
        Parked.reason,
    )


def _page(
    session: Session,
    statement: Any,
    limit: int | None,
    render: Callable[[Any], Any],
    place: Callable[[Any], tuple[datetime, str]],
) -> Page:
    size = min(max(limit or 50, 1), db.MAX_PAGE)
    rows = session.execute(statement.limit(size + 1)).all()
    cursor = _close_cursor(*place(rows[size - 1])) if len(rows) > size else None
    return {"items": [render(row._mapping) for row in rows[:size]], "next_cursor": cursor}


def _close_cursor(at: datetime, key: str) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()} {key}".encode()).decode().rstrip("=")


def _open_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        at, _, key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").partition(" ")
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None or "\x00" in key:
            raise ValueError("not one of ours")
    except (binascii.Error, ValueError) as error:  # UnicodeError is a ValueError
        raise InvalidError(ChassisCode.CURSOR_INVALID) from error
    return instant, key
