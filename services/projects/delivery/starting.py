"""Starting a project: called by awards in the transaction in which the agreement is signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from contracts.projects import events
from services.projects.delivery.models import Milestone, Project


def start_project(
    session: Session,
    *,
    now: datetime,
    district_code: str,
    street_code: str | None,
    proposal_id: str,
    round_id: str,
    award_id: str,
    organisation_id: str,
    title: str,
    fields: Sequence[str],
    award_fen: int,
    budget: Sequence[Mapping[str, Any]],
    milestones: Sequence[Mapping[str, Any]],
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> str:
    """Make the project with its milestones (``{title, due_on, tranche_number}``) and record :class:`ProjectStarted`.

    ``budget``: ``[{line, amount_fen}]`` as awarded. Returns the project's id. The caller holds the award's lock.
    """
    project = Project(
        district_code=district_code,
        street_code=street_code,
        proposal_id=proposal_id,
        round_id=round_id,
        award_id=award_id,
        organisation_id=organisation_id,
        title=title,
        fields=list(fields),
        status="active",
        award_fen=award_fen,
        budget=[dict(line) for line in budget],
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=now,
    )
    session.add(project)
    session.flush()
    add_milestones(session, project, milestones, now)
    record_start(session, project)
    return project.id


def add_milestones(session: Session, project: Project, milestones: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """The plan's milestones, numbered in its order."""
    for number, planned in enumerate(milestones, start=1):
        due_on = planned.get("due_on")
        session.add(
            Milestone(
                district_code=project.district_code,
                street_code=project.street_code,
                project_id=project.id,
                number=number,
                title=planned["title"],
                due_on=date.fromisoformat(due_on) if isinstance(due_on, str) else due_on,
                tranche_number=planned.get("tranche_number"),
                status="planned",
                evidence=[],
                created_at=now,
            )
        )
    session.flush()


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
