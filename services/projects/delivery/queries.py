"""Reading projects and what belongs to them, within the caller's streets; an organisation sees its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.budgets import BudgetChangeView, BudgetVersionView
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.delivery import MilestoneView, ProjectView, ReportView, SpendingView
from services.projects.delivery.models import (
    BudgetChange,
    BudgetVersion,
    Evaluation,
    Milestone,
    Project,
    Report,
    Spending,
)
from services.projects.known import queries as known

OVERSEERS = (*roles.STAFF, roles.AUDITOR)


def visible(statement: Select[Any], actor: Actor) -> Select[Any]:
    """Projects of the actor's streets; outside supervision one's own, and for a hub those in its care."""
    statement = db.scoped(statement, Project, actor)
    if actor.is_system or actor.role in OVERSEERS:
        return statement
    if actor.role == roles.HUB:
        return statement.where(known.in_care(Project.organisation_id, actor))
    return statement.where(Project.organisation_id == actor.organisation_id)


def get_project(session: Session, *, actor: Actor, project_id: str) -> Project:
    """One project the caller may see."""
    row: Project | None = session.scalars(visible(select(Project).where(Project.id == project_id), actor)).one_or_none()
    if row is None:
        raise NotFoundError(DeliveryCode.PROJECT_NOT_FOUND)
    return row


def lock_project(session: Session, *, actor: Actor, project_id: str, expected_version: int | None = None) -> Project:
    """The project, locked: everything that belongs to it changes under this lock."""
    statement = visible(select(Project).where(Project.id == project_id), actor).with_for_update(of=Project)
    row: Project | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(DeliveryCode.PROJECT_NOT_FOUND)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return row


def get_milestone(session: Session, project: Project, milestone_id: str) -> Milestone:
    """A milestone of a project the caller has."""
    row = session.scalars(
        select(Milestone).where(Milestone.project_id == project.id, Milestone.id == milestone_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError(DeliveryCode.MILESTONE_NOT_FOUND)
    return row


def milestones_of(session: Session, project_id: str) -> Sequence[Milestone]:
    """In the plan's order."""
    statement = select(Milestone).where(Milestone.project_id == project_id).order_by(Milestone.number)
    return session.scalars(statement).all()


def evaluations_of(session: Session, project_id: str) -> Sequence[Evaluation]:
    """In the order made."""
    return session.scalars(select(Evaluation).where(Evaluation.project_id == project_id).order_by(Evaluation.id)).all()


def reported_tranches(session: Session, project_id: str) -> set[int]:
    """Numbers of the tranches that have their report."""
    numbers = session.scalars(
        select(Report.tranche_number).where(Report.project_id == project_id, Report.tranche_number.is_not(None))
    )
    return {number for number in numbers if number is not None}


def spent_by_line(session: Session, project_id: str) -> dict[str, int]:
    """Fen spent from each line."""
    rows = session.execute(
        select(Spending.line, func.sum(Spending.amount_fen))
        .where(Spending.project_id == project_id)
        .group_by(Spending.line)
    )
    return {line: int(amount) for line, amount in rows}


def list_projects(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: str
) -> dict[str, Any]:
    """A page of projects, newest first."""
    statement = visible(select(Project).filter_by(**filters), actor)
    return db.page(session, statement, by=Project.id, render=lambda row: view(session, row), cursor=cursor, limit=limit)


def list_spendings(session: Session, *, actor: Actor, project_id: str, **page: Any) -> dict[str, Any]:
    """Spending of a project."""
    return _of_project(session, Spending, SpendingView, actor=actor, project_id=project_id, **page)


def list_reports(session: Session, *, actor: Actor, project_id: str, **page: Any) -> dict[str, Any]:
    """Reports of a project."""
    return _of_project(session, Report, ReportView, actor=actor, project_id=project_id, **page)


def list_budget_changes(session: Session, *, actor: Actor, project_id: str, **page: Any) -> dict[str, Any]:
    """Budget changes of a project."""
    return _of_project(session, BudgetChange, BudgetChangeView, actor=actor, project_id=project_id, **page)


def list_budget_versions(session: Session, *, actor: Actor, project_id: str, **page: Any) -> dict[str, Any]:
    """Every budget a project had, newest first."""
    return _of_project(session, BudgetVersion, BudgetVersionView, actor=actor, project_id=project_id, **page)


def _of_project(
    session: Session,
    model: Any,
    schema: type[Schema],
    *,
    actor: Actor,
    project_id: str,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    get_project(session, actor=actor, project_id=project_id)
    statement = db.scoped(select(model).where(model.project_id == project_id), model, actor)
    return db.page(session, statement, by=model.id, render=schema().dump, cursor=cursor, limit=limit)


def view(session: Session, row: Project) -> dict[str, Any]:
    """The project as the edge shows it."""
    session.flush()
    shown = {column.key: getattr(row, column.key) for column in Project.__mapper__.column_attrs}
    shown["spent_fen"] = sum(spent_by_line(session, row.id).values())
    shown["milestones"] = milestones_of(session, row.id)
    shown["evaluations"] = evaluations_of(session, row.id)
    rendered: dict[str, Any] = ProjectView().dump(shown)
    return rendered


def milestone_view(session: Session, row: Milestone) -> dict[str, Any]:
    """A milestone as the edge shows it."""
    session.flush()
    rendered: dict[str, Any] = MilestoneView().dump(row)
    return rendered
