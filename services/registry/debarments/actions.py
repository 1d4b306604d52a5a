"""A debarment that begins or ends puts the organisation in breach or takes it out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import system_actor
from services.registry.credit import queries as credit
from services.registry.debarments import domain
from services.registry.debarments.models import KnownDebarment
from services.registry.organisations import history
from services.registry.organisations.models import Organisation


def begin_debarment(session: Session, *, debarment_id: str, now: datetime) -> None:
    """On its first day. A breach that others stated is theirs to lift (as with credit facts)."""
    row = session.get(KnownDebarment, debarment_id, with_for_update=True)
    status = domain.after(row.status, "begin") if row else None
    if row is None or status is None or clock.day_of(now) < row.from_on:
        return
    owner = _owner(session, row)
    if owner is not None:
        row.sets_breach = not owner.in_breach or credit.is_held(session, owner.id)
    row.status = status
    session.flush()
    if owner is not None and row.sets_breach:
        _set(session, row, owner, now, in_breach=True)


def end_debarment(session: Session, *, debarment_id: str, now: datetime) -> None:
    """Lifted or expired."""
    row = session.get(KnownDebarment, debarment_id, with_for_update=True)
    status = domain.after(row.status, "end") if row else None
    if row is None or status is None:
        return
    began, row.status = row.status == "barring", status
    session.flush()
    owner = _owner(session, row)
    if owner is not None and began and row.sets_breach and not credit.is_held(session, owner.id):
        _set(session, row, owner, now, in_breach=False)


def _owner(session: Session, row: KnownDebarment) -> Organisation | None:
    wanted = select(Organisation).where(
        Organisation.id == row.organisation_id, Organisation.district_code == row.district_code
    )
    owner: Organisation | None = session.scalars(wanted.with_for_update(of=Organisation)).one_or_none()
    return owner


def _set(session: Session, row: KnownDebarment, owner: Organisation, now: datetime, *, in_breach: bool) -> None:
    actor = system_actor("debarments", row.district_code)
    history.change(session, actor, owner, f"禁入 {row.id}", now, in_breach=in_breach)
