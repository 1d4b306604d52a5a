"""Reading plan templates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.projects.codes_rounds import RoundsCode
from contracts.projects.plan_templates import PlanTemplateView
from services.projects.plan_templates.models import PlanTemplate

_VIEW = PlanTemplateView()


def render(row: PlanTemplate) -> dict[str, Any]:
    view: dict[str, Any] = _VIEW.dump(row)
    return view


def find_template(session: Session, template_id: str, actor: Actor, *, lock: bool = False) -> PlanTemplate:
    """One template of the district; raises ``plan_template_not_found``."""
    row = db.get_scoped(session, PlanTemplate, template_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(RoundsCode.TEMPLATE_NOT_FOUND)
    return row


def chosen(session: Session, template_id: str, actor: Actor, *, scale: str) -> PlanTemplate:
    """A template that a round of this scale may choose today."""
    row = find_template(session, template_id, actor)
    if row.status != "current" or row.scale != scale:
        raise ConflictError(RoundsCode.TEMPLATE_STATE, status=row.status, scale=row.scale, action="choose")
    return row


def get_plan_template(session: Session, *, actor: Actor, plan_template_id: str) -> dict[str, Any]:
    return render(find_template(session, plan_template_id, actor))


def list_plan_templates(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = db.scoped(select(PlanTemplate), PlanTemplate, actor)
    for name, value in filters.items():
        statement = statement.where(getattr(PlanTemplate, name) == value)
    return db.page(session, statement, by=PlanTemplate.id, render=render, cursor=cursor, limit=limit)
