"""Reads of hub programmes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CompoundSelect, Select, func, select, union
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts.registry.codes_training import TrainingCode
from contracts.registry.programmes import ProgrammeView
from services.registry import scope
from services.registry.programmes.models import Programme, ProgrammeVisit
from services.registry.trainings.models import TrainingAttendance, TrainingSession
from services.registry.visits.models import Visit

_VIEW = ProgrammeView()
_NOT_HELD = ("planned", "cancelled")


def reached(session: Session, programme_id: str) -> dict[str, int]:
    """What was done: held visits, closed sessions, attendances, and the organisations of both."""
    visits = (
        select(Visit.organisation_id)
        .join(ProgrammeVisit, ProgrammeVisit.visit_id == Visit.id)
        .where(ProgrammeVisit.programme_id == programme_id, Visit.status.not_in(_NOT_HELD))
    )
    sessions = select(TrainingSession.id).where(
        TrainingSession.programme_id == programme_id, TrainingSession.status == "closed"
    )
    came = select(TrainingAttendance.organisation_id).where(
        TrainingAttendance.training_id.in_(sessions), TrainingAttendance.status.in_(("present", "late"))
    )
    both: CompoundSelect[Any] = union(visits, came.where(TrainingAttendance.organisation_id.is_not(None)))
    return {
        "visits": _count(session, visits),
        "sessions": _count(session, sessions),
        "attendances": _count(session, came),
        "organisations": session.scalar(select(func.count()).select_from(both.subquery())) or 0,
    }


def _count(session: Session, rows: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def render(session: Session, row: Programme) -> dict[str, Any]:
    """With what was reached of each goal."""
    session.flush()
    done = reached(session, row.id)
    goals = [{**goal, "reached": done[goal["measure"]]} for goal in row.goals]
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), **done, "programme_id": row.id, "goals": goals})
    return shown


def find(session: Session, actor: Actor, programme_id: str) -> Programme:
    """One to read."""
    code = TrainingCode.PROGRAMME_NOT_FOUND
    return scope.find(session, Programme, programme_id, actor, code, column=Programme.hub_id)


def get_programme(session: Session, *, actor: Actor, programme_id: str) -> dict[str, Any]:
    """One programme."""
    return render(session, find(session, actor, programme_id))


def list_programmes(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""

    def line(row: Programme) -> dict[str, Any]:
        return render(session, row)

    statement = scope.visible(Programme, Programme.hub_id, actor).filter_by(**equal)
    return db.page(session, statement, by=Programme.id, render=line, cursor=cursor, limit=limit)
