"""Photos and files of activities: added by the organisation once the activity has begun."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects.codes_evidence import EvidenceCode
from contracts.projects.events_evidence import ActivityEvidenceAdded
from contracts.projects.photos import ActivityEvidenceView
from services.projects.activities.models import Activity
from services.projects.delivery import domain as delivery_rules
from services.projects.delivery import queries as delivery
from services.projects.delivery import steps
from services.projects.evidence.models import ActivityEvidence

View = dict[str, Any]
BEGUN = ("open", "held", "closed")


def add_activity_evidence(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    activity_id: str,
    evidence: list[dict[str, Any]],
) -> View:
    """As long as the project may report."""
    project = steps.lock_own(session, actor, project_id)
    delivery_rules.next_status(project.status, "report")
    activity = session.scalars(
        select(Activity).where(
            Activity.id == activity_id, Activity.project_id == project.id, Activity.status.in_(BEGUN)
        )
    ).one_or_none()
    if activity is None:
        raise NotFoundError(EvidenceCode.ACTIVITY_UNKNOWN)
    row = ActivityEvidence(**steps.belonging(project), activity_id=activity.id, evidence=evidence, added_at=now)
    session.add(row)
    session.flush()
    facts = {"activity_id": activity.id, "activity_evidence_id": row.id, "evidence": evidence}
    steps.record(session, project, ActivityEvidenceAdded, organisation_id=project.organisation_id, **facts)
    return render(row)


def list_activity_evidence(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: str,
) -> View:
    """Newest first, of a project the caller may see."""
    delivery.get_project(session, actor=actor, project_id=project_id)
    statement = db.scoped(select(ActivityEvidence).filter_by(project_id=project_id, **filters), ActivityEvidence, actor)
    return db.page(session, statement, by=ActivityEvidence.id, render=render, cursor=cursor, limit=limit)


def render(row: ActivityEvidence) -> View:
    shown: View = ActivityEvidenceView().dump(row)
    return shown
