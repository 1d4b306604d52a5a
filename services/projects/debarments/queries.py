"""Reading debarments, and whether an organisation is barred."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts import roles
from contracts.projects.codes_money import MoneyCode
from contracts.projects.debarments import DebarmentView
from services.projects.debarments import domain
from services.projects.debarments.models import Debarment
from services.projects.known import queries as known


def render(row: Debarment) -> dict[str, Any]:
    view: dict[str, Any] = DebarmentView().dump(row)
    return view


def _visible(actor: Actor) -> Select[Any]:
    """Staff and auditors those in scope; an organisation its own once decided; a hub those in its care too."""
    statement = db.scoped(select(Debarment), Debarment, actor)
    if actor.role == roles.CSO:
        statement = statement.where(Debarment.organisation_id == actor.organisation_id)
    if actor.role == roles.HUB:
        statement = statement.where(known.in_care(Debarment.organisation_id, actor))
    if actor.role in (roles.CSO, roles.HUB):
        statement = statement.where(Debarment.status.not_in(("proposed", "dropped")))
    return statement


def find_debarment(session: Session, debarment_id: str, actor: Actor, *, lock: bool = False) -> Debarment:
    """One the actor may see; raises ``debarment_not_found``."""
    statement = _visible(actor).where(Debarment.id == debarment_id)
    if lock:
        statement = statement.with_for_update(of=Debarment)
    row: Debarment | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(MoneyCode.DEBARMENT_NOT_FOUND)
    return row


def get_debarment(session: Session, *, actor: Actor, debarment_id: str) -> dict[str, Any]:
    return render(find_debarment(session, debarment_id, actor))


def list_debarments(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = _visible(actor).filter_by(**filters)
    return db.page(session, statement, by=Debarment.id, render=render, cursor=cursor, limit=limit)


def live_of(session: Session, organisation_id: str) -> Debarment | None:
    """The one that is proposed or in force."""
    statement = select(Debarment).where(Debarment.organisation_id == organisation_id, Debarment.status.in_(domain.LIVE))
    return session.scalars(statement).one_or_none()


def is_debarred(session: Session, organisation_id: str, *, now: datetime) -> bool:
    """On the day of ``now``."""
    row = live_of(session, organisation_id)
    today = clock.day_of(now)
    return row is not None and domain.bars(row.status, from_on=row.from_on, until_on=row.until_on, today=today)


def check_not_debarred(session: Session, organisation_id: str, *, now: datetime) -> None:
    """Raises ``organisation_debarred``."""
    if is_debarred(session, organisation_id, now=now):
        raise ConflictError(MoneyCode.ORGANISATION_DEBARRED, organisation_id=organisation_id)
