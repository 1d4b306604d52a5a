"""Starting a project: called by awards in the transaction in which the agreement is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from contracts.projects import events
from services.projects.delivery import budget_versions
from services.projects.delivery.models import Milestone, Project


def start_project(
    session: Session,
    *,
    now: datetime,
    budget: Sequence[Mapping[str, Any]],
    milestones: Sequence[Mapping[str, Any]],
    fields: Sequence[str],
    **awarded: Any,
) -> str:
    """Make the project with its milestones (``{title, due_on, tranche_number}``) and record :class:`ProjectStarted`.

    ``budget``: ``[{line, amount_fen}]`` as awarded. ``awarded``: district_code, street_code, proposal_id, round_id,
    award_id, organisation_id, title, award_fen and, where the plan has them, the dates starts_on and ends_on.
    Returns the project's id. The caller holds the award's lock and keeps the id.
    """
    for name in ("starts_on", "ends_on"):
        awarded[name] = day(awarded.get(name))
    project = Project(
        **awarded,
        status="active",
        fields=list(fields),
        budget=[dict(line) for line in budget],
        created_at=now,
    )
    session.add(project)
    session.flush()
    budget_versions.adopt(session, project, budget, source="awarded", source_id=project.award_id, now=now)
    add_milestones(session, project, milestones, now)
    record_start(session, project)
    return project.id


def add_milestones(session: Session, project: Project, milestones: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """The plan's milestones, numbered in its order."""
    for number, planned in enumerate(milestones, start=1):
        session.add(
            Milestone(
                district_code=project.district_code,
                street_code=project.street_code,
                project_id=project.id,
                number=number,
                title=planned["title"],
                due_on=day(planned.get("due_on")),
                tranche_number=planned.get("tranche_number"),
                status="planned",
                evidence=[],
                created_at=now,
            )
        )
    session.flush()


def day(value: date | str | None) -> date | None:
    """A plan's dates are stored as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def record_start(session: Session, project: Project) -> None:
    """Tell everybody."""
    event = events.ProjectStarted(
        project_id=project.id,
        proposal_id=project.proposal_id,
        round_id=project.round_id,
        organisation_id=project.organisation_id,
        title=project.title,
        street_code=project.street_code,
        fields=project.fields,
        street_codes=[project.street_code] if project.street_code else [],
    )
    outbox.record(session, event)
