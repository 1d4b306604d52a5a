"""Reading recoveries: whoever may see the award may see what is claimed of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects.codes_money import MoneyCode
from contracts.projects.recoveries import RecoveryView
from services.projects.awards import queries as awards
from services.projects.awards.models import Award
from services.projects.recoveries import domain
from services.projects.recoveries.models import Recovery


def render(row: Recovery) -> dict[str, Any]:
    dated = [{**part, "due_on": date.fromisoformat(part["due_on"])} for part in row.instalments]
    shown = {column.key: getattr(row, column.key) for column in Recovery.__mapper__.column_attrs}
    view: dict[str, Any] = RecoveryView().dump({**shown, "instalments": dated})
    return view


def _visible(actor: Actor) -> Select[Any]:
    mine = awards.visible(actor).with_only_columns(Award.id)
    return db.scoped(select(Recovery), Recovery, actor).where(Recovery.award_id.in_(mine))


def find_recovery(session: Session, recovery_id: str, actor: Actor, *, lock: bool = False) -> Recovery:
    """One the actor may see; raises ``recovery_not_found``."""
    statement = _visible(actor).where(Recovery.id == recovery_id)
    if lock:
        statement = statement.with_for_update(of=Recovery).execution_options(populate_existing=True)
    row: Recovery | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(MoneyCode.RECOVERY_NOT_FOUND)
    return row


def get_recovery(session: Session, *, actor: Actor, recovery_id: str) -> dict[str, Any]:
    return render(find_recovery(session, recovery_id, actor))


def list_recoveries(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = _visible(actor).filter_by(**filters)
    return db.page(session, statement, by=Recovery.id, render=render, cursor=cursor, limit=limit)


def open_ids(session: Session, round_id: str) -> list[str]:
    """Claims of a round that are not settled."""
    statement = select(Recovery.id).where(Recovery.round_id == round_id, Recovery.status.in_(domain.OPEN))
    return list(session.scalars(statement.order_by(Recovery.id).limit(20)))
