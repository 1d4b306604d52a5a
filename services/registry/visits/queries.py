"""Reads of supervision visits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts.registry.codes_growth import GrowthCode
from contracts.registry.visits import VisitView
from services.registry import scope
from services.registry.visits.models import Finding, Visit

_VIEW = VisitView()


def findings(session: Session, visit_id: str) -> list[Finding]:
    """The findings of a visit, oldest first."""
    session.flush()
    return list(session.scalars(select(Finding).filter_by(visit_id=visit_id).order_by(Finding.id)))


def render(session: Session, row: Visit) -> dict[str, Any]:
    """A visit with its findings."""
    found = [{**scope.columns(finding), "finding_id": finding.id} for finding in findings(session, row.id)]
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "visit_id": row.id, "findings": found})
    return shown


def get_visit(session: Session, *, actor: Actor, visit_id: str) -> dict[str, Any]:
    """One visit."""
    code = GrowthCode.VISIT_NOT_FOUND
    return render(session, scope.find(session, Visit, visit_id, actor, code, column=Visit.organisation_id))


def list_visits(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""
    statement = scope.visible(Visit, Visit.organisation_id, actor).filter_by(**equal)

    def line(row: Visit) -> dict[str, Any]:
        return render(session, row)

    return db.page(session, statement, by=Visit.id, render=line, cursor=cursor, limit=limit)
