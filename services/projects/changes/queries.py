"""Reading changes and the versions of a plan: whoever sees the project sees them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects.changes import DeliveryPolicyView, ProjectChangeView, ProjectPlanView
from contracts.projects.codes_endings import EndingsCode
from services.projects.changes import domain
from services.projects.changes.models import DeliveryPolicy, ProjectChange, ProjectPlan
from services.projects.delivery import queries as delivery
from services.projects.delivery.models import Project
from services.projects.proposals.models import Proposal

View = dict[str, Any]


def policy_of(session: Session, district_code: str) -> dict[str, Any]:
    """Complete; the defaults where the district set nothing."""
    row = session.get(DeliveryPolicy, district_code)
    return domain.completed(row.rules if row else {})


def get_delivery_policy(session: Session, *, actor: Actor) -> View:
    found = policy_of(session, actor.district_code)
    deciders = [{"kind": kind, "decider": decider} for kind, decider in sorted(found["deciders"].items())]
    view: View = DeliveryPolicyView().dump({**found, "deciders": deciders, "district_code": actor.district_code})
    return view


def versions(session: Session, project: Project) -> list[ProjectPlan]:
    """As stored, oldest first."""
    statement = select(ProjectPlan).where(ProjectPlan.project_id == project.id).order_by(ProjectPlan.number)
    return list(session.scalars(statement))


def awarded_plan(session: Session, project: Project) -> ProjectPlan:
    """Version 1, which every project has though it is stored with the first change only."""
    plan = session.get_one(Proposal, project.proposal_id).plan
    parts: dict[str, Any] = {
        "ends_on": project.ends_on.isoformat() if project.ends_on else None,
        "activities": plan.get("activities"),
        "place": None,
        "responsible_account_id": None,
        "partners": [],
        "targets": plan.get("goals"),
        "beneficiary_count": plan.get("beneficiary_count"),
    }
    return ProjectPlan(
        district_code=project.district_code,
        street_code=project.street_code,
        project_id=project.id,
        number=1,
        source="awarded",
        parts=parts,
        made_at=project.created_at,
    )


def in_force(project: Project, row: ProjectPlan) -> dict[str, Any]:
    """The parts of the newest version; the end is the project's own, which an agreement may have moved as well."""
    return {**row.parts, "ends_on": project.ends_on.isoformat() if project.ends_on else None}


def render_plan(row: ProjectPlan) -> View:
    facts = {"project_id": row.project_id, "number": row.number, "source": row.source, "made_at": row.made_at}
    view: View = ProjectPlanView().dump({**row.parts, **facts, "project_change_id": row.project_change_id})
    return view


def get_project_plan(session: Session, *, actor: Actor, project_id: str) -> View:
    project = delivery.get_project(session, actor=actor, project_id=project_id)
    found = versions(session, project)
    newest = found[-1] if found else awarded_plan(session, project)
    return {**render_plan(newest), "ends_on": in_force(project, newest)["ends_on"]}


def list_project_plans(session: Session, *, actor: Actor, project_id: str, **page: Any) -> View:
    project = delivery.get_project(session, actor=actor, project_id=project_id)
    statement = db.scoped(select(ProjectPlan), ProjectPlan, actor).where(ProjectPlan.project_id == project.id)
    found = db.page(session, statement, by=ProjectPlan.id, render=render_plan, **page)
    if not found["items"] and page.get("cursor") is None:
        found["items"] = [render_plan(awarded_plan(session, project))]
    return found


def visible(actor: Actor) -> Select[Any]:
    """Of projects the actor may see."""
    joined = select(ProjectChange).join(Project, Project.id == ProjectChange.project_id)
    return delivery.visible(joined, actor)


def find_change(session: Session, change_id: str, actor: Actor) -> ProjectChange:
    """Raises ``project_change_not_found``."""
    row: ProjectChange | None = session.scalars(visible(actor).where(ProjectChange.id == change_id)).one_or_none()
    if row is None:
        raise NotFoundError(EndingsCode.CHANGE_NOT_FOUND)
    return row


def render(session: Session, row: ProjectChange) -> View:
    session.flush()
    view: View = ProjectChangeView().dump(row)
    return view


def get_project_change(session: Session, *, actor: Actor, project_change_id: str) -> View:
    return render(session, find_change(session, project_change_id, actor))


def list_project_changes(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: str
) -> View:
    statement = visible(actor)
    for name, value in filters.items():
        statement = statement.where(getattr(ProjectChange, name) == value)
    return db.page(session, statement, by=ProjectChange.id, render=ProjectChangeView().dump, cursor=cursor, limit=limit)
