"""How a case ends, whichever way: its state, its reason, its team released."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.registry.cases import steps
from services.registry.cases.models import IncubationCase
from services.registry.deadlines import actions as deadlines
from services.registry.teams import planning
from services.registry.teams.models import ResourceLink, TeamAssignment


def close(session: Session, row: IncubationCase, action: str, reason: str, now: datetime) -> None:
    """The last step. Whoever serves the case serves it until now."""
    steps.advance(session, row, action, now)
    row.closing_reason, row.closed_at = reason, now
    for model in (TeamAssignment, ResourceLink):
        session.execute(
            update(model).where(model.case_id == row.id, model.valid_until.is_(None)).values(valid_until=now)
        )
    planning.drop_plans(session, row.id)
    deadlines.meet(session, row.id, "case_review" if action == "reject" else "case_term", now=now)
    deadlines.drop(session, row.id, now=now)
