"""What the platform itself recorded of a project in a period: the figures a report starts from and is compared with."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, cast, distinct, func, select
from sqlalchemy.orm import Session

from chassis import clock
from services.projects.activities.models import Activity
from services.projects.attendance import queries as attendance
from services.projects.attendance.models import Attendance
from services.projects.delivery.models import Milestone, Project, Spending

HELD = ("held", "closed")


def figures_of(session: Session, project: Project, *, period_from: date, period_until: date) -> dict[str, Any]:
    """Both days count. ``None`` where the platform keeps no such record of the project: then nothing is compared."""
    return {
        **_activities(session, project, period_from, period_until),
        "spending": _spending(session, project, period_from, period_until),
        "milestones_accepted": _milestones(session, project, period_from, period_until),
    }


def _activities(session: Session, project: Project, first: date, last: date) -> dict[str, int | None]:
    """Held ones, who took part in them (each person once), and the minutes of all; a project may keep none here."""
    of_project = select(func.count()).where(Activity.project_id == project.id)
    if not session.scalar(of_project):
        return {"activity_count": None, "beneficiary_count": None, "service_minutes": None}
    day = cast(func.timezone("Asia/Shanghai", Activity.starts_at), Date)
    came = [Attendance.project_id == project.id, *attendance.counting(first, last)]
    who = func.coalesce(Attendance.person_id, Attendance.id, type_=Attendance.__table__.c.id.type)
    took_part = select(func.count(distinct(who))).where(*came, Attendance.part == "participant")
    return {
        "activity_count": session.scalar(of_project.where(Activity.status.in_(HELD), day.between(first, last))),
        "beneficiary_count": session.scalar(took_part),
        "service_minutes": attendance.minutes_of(session, came),
    }


def _spending(session: Session, project: Project, first: date, last: date) -> list[dict[str, Any]]:
    """By line, in the budget's order."""
    rows = session.execute(
        select(Spending.line, func.sum(Spending.amount_fen))
        .where(Spending.project_id == project.id, Spending.spent_on.between(first, last))
        .group_by(Spending.line)
    )
    spent = {line: int(amount) for line, amount in rows}
    planned = [row["line"] for row in project.budget]
    ordered = [*planned, *sorted(set(spent) - set(planned))]
    return [{"line": line, "amount_fen": spent[line]} for line in ordered if line in spent]


def _milestones(session: Session, project: Project, first: date, last: date) -> int:
    statement = select(Milestone.accepted_at).where(
        Milestone.project_id == project.id, Milestone.accepted_at.is_not(None)
    )
    return sum(1 for at in session.scalars(statement) if at and first <= clock.day_of(at) <= last)
