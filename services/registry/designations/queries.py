"""Reads of designations."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts.registry.codes_assess import PartyCode
from contracts.registry.designations import DesignationView
from services.registry import scope
from services.registry.designations.models import Designation

_VIEW = DesignationView()


def render(session: Session, row: Designation) -> dict[str, Any]:
    """One designation."""
    session.flush()
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "designation_id": row.id})
    return shown


def is_current(today: date) -> tuple[ColumnElement[bool], ...]:
    """Granted, and its period runs."""
    return (
        Designation.status == "granted",
        Designation.valid_from <= today,
        or_(Designation.valid_until.is_(None), Designation.valid_until >= today),
    )


def of_organisation(session: Session, organisation_id: str, today: date) -> list[Designation]:
    """What an organisation bears today."""
    statement = select(Designation).where(Designation.organisation_id == organisation_id, *is_current(today))
    return list(session.scalars(statement.order_by(Designation.valid_from, Designation.id)))


def get_designation(session: Session, *, actor: Actor, designation_id: str) -> dict[str, Any]:
    """One designation."""
    code, column = PartyCode.DESIGNATION_NOT_FOUND, Designation.organisation_id
    return render(session, scope.find(session, Designation, designation_id, actor, code, column=column))


def list_designations(
    session: Session,
    *,
    actor: Actor,
    today: date,
    current: bool,
    cursor: str | None = None,
    limit: int | None = None,
    **equal: Any,
) -> dict[str, Any]:
    """Newest first."""
    statement = scope.visible(Designation, Designation.organisation_id, actor).filter_by(**equal)
    if current:
        statement = statement.where(*is_current(today))

    def line(row: Designation) -> dict[str, Any]:
        return render(session, row)

    return db.page(session, statement, by=Designation.id, render=line, cursor=cursor, limit=limit)
