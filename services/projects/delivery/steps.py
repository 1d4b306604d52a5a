"""What every step of a project shares: lock, owner, transition, event, and the money behind it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ForbiddenError
from chassis.events import Event
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.delivery import queries
from services.projects.delivery.models import Project
from services.projects.known import queries as known


def lock(session: Session, actor: Actor, project_id: str, expected_version: int | None = None) -> Project:
    """The project for a step of staff."""
    return queries.lock_project(session, actor=actor, project_id=project_id, expected_version=expected_version)


def lock_own(session: Session, actor: Actor, project_id: str, expected_version: int | None = None) -> Project:
    """The project for a step of the organisation that delivers it, or the hub that cares for it."""
    project = lock(session, actor, project_id, expected_version)
    if not known.acts_for(session, actor, project.organisation_id):
        raise ForbiddenError(DeliveryCode.PROJECT_NOT_YOURS)
    return project


def record(session: Session, project: Project, struct: type[Event], /, **facts: Any) -> None:
    """Record a step of the project."""
    streets = [project.street_code] if project.street_code else []
    outbox.record(session, struct(project_id=project.id, street_codes=streets, **facts))  # type: ignore[call-arg]


def belonging(project: Project) -> dict[str, Any]:
    """Where what belongs to the project belongs."""
    return {
        "district_code": project.district_code,
        "street_code": project.street_code,
        "project_id": project.id,
    }
