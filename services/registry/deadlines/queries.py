"""Reads of deadlines: the list of what is due, the soonest first."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from chassis import clock, ids
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import InvalidError
from chassis.paging import MAX_PAGE
from contracts.registry.deadlines import DeadlineView
from services.registry import scope
from services.registry.deadlines.models import Deadline

_VIEW = DeadlineView()


def list_deadlines(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    cursor: str | None = None,
    limit: int | None = None,
    until: date | None = None,
    overdue: bool | None = None,
    **equal: Any,
) -> dict[str, Any]:
    """In the actor's streets and care; ``overdue``: the day is over and it is still owed."""
    today = clock.day_of(now)
    statement = scope.visible(Deadline, Deadline.organisation_id, actor).filter_by(**equal)
    if until is not None:
        statement = statement.where(Deadline.due_on <= until)
    if overdue is not None:
        statement = statement.where((Deadline.due_on < today) if overdue else (Deadline.due_on >= today))
    if cursor is not None:
        day, last = _open(cursor)
        statement = statement.where(or_(Deadline.due_on > day, and_(Deadline.due_on == day, Deadline.id > last)))
    size = min(limit or 50, MAX_PAGE)
    rows = list(session.scalars(statement.order_by(Deadline.due_on, Deadline.id).limit(size + 1)))
    more = len(rows) > size
    return {
        "items": [_line(row, today) for row in rows[:size]],
        "next_cursor": _close(rows[size - 1]) if more else None,
    }


def _line(row: Deadline, today: date) -> dict[str, Any]:
    overdue = row.status == "open" and row.due_on < today
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "deadline_id": row.id, "overdue": overdue})
    return shown


def _close(row: Deadline) -> str:
    return base64.urlsafe_b64encode(f"{row.due_on.isoformat()} {row.id}".encode()).decode().rstrip("=")


def _open(cursor: str) -> tuple[date, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        day, _, row_id = text.partition(" ")
        due_on = date.fromisoformat(day)
    except (binascii.Error, ValueError) as error:
        raise InvalidError(ChassisCode.CURSOR_INVALID) from error
    if not ids.is_id("ddl", row_id):
        raise InvalidError(ChassisCode.CURSOR_INVALID)
    return due_on, row_id
