"""Reading report plans and due reports: whoever sees the project sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects.codes_reports import ReportsCode
from contracts.projects.reports import FiguresView, ReportPlanView, ReportPolicyView, SlotDetail, SlotView
from services.projects.delivery import queries as delivery
from services.projects.delivery.models import Project
from services.projects.reports import domain, figures
from services.projects.reports.models import ReportPlan, ReportPolicy, ReportSlot, ReportVersion
from services.projects.rounds import queries as rounds

View = dict[str, Any]
DISTRICT = "district"


def rules_set(session: Session, district_code: str, scope: str) -> dict[str, Any]:
    """What was set there; empty where nothing was."""
    row = session.get(ReportPolicy, (district_code, scope))
    return row.rules if row else {}


def rules_of(session: Session, district_code: str, round_id: str | None) -> tuple[dict[str, Any], str]:
    """Complete, and whether the round has rules of its own (``round``) or the district's hold (``district``)."""
    own = rules_set(session, district_code, round_id) if round_id else {}
    return domain.completed(rules_set(session, district_code, DISTRICT), own), "round" if own else DISTRICT


def get_report_policy(session: Session, *, actor: Actor, round_id: str | None = None) -> View:
    if round_id is not None:
        rounds.find_round(session, round_id, actor)
    rules, _ = rules_of(session, actor.district_code, round_id)
    view: View = ReportPolicyView().dump({"district_code": actor.district_code, "round_id": round_id, **rules})
    return view


def visible(actor: Actor) -> Select[Any]:
    """Of projects the actor may see."""
    return delivery.visible(select(ReportSlot).join(Project, Project.id == ReportSlot.project_id), actor)


def find_slot(session: Session, slot_id: str, actor: Actor) -> ReportSlot:
    """Raises ``report_slot_not_found``."""
    row: ReportSlot | None = session.scalars(visible(actor).where(ReportSlot.id == slot_id)).one_or_none()
    if row is None:
        raise NotFoundError(ReportsCode.SLOT_NOT_FOUND)
    return row


def plan_of(session: Session, project_id: str) -> ReportPlan | None:
    return session.scalars(select(ReportPlan).where(ReportPlan.project_id == project_id)).one_or_none()


def slots_of(session: Session, project_id: str) -> Sequence[ReportSlot]:
    """In the plan's order."""
    statement = select(ReportSlot).where(ReportSlot.project_id == project_id).order_by(ReportSlot.number)
    return session.scalars(statement).all()


def versions_of(session: Session, slot_id: str) -> Sequence[ReportVersion]:
    """Oldest first."""
    statement = select(ReportVersion).where(ReportVersion.report_slot_id == slot_id).order_by(ReportVersion.number)
    return session.scalars(statement).all()


def get_report_plan(session: Session, *, actor: Actor, project_id: str) -> View:
    delivery.get_project(session, actor=actor, project_id=project_id)
    plan = plan_of(session, project_id)
    if plan is None:
        raise NotFoundError(ReportsCode.SLOT_NOT_FOUND)
    return render_plan(session, plan)


def render_plan(session: Session, plan: ReportPlan) -> View:
    session.flush()
    facts = {"project_id": plan.project_id, "anchor_on": plan.anchor_on, "source": plan.source, "version": plan.version}
    slots = list(slots_of(session, plan.project_id))
    view: View = ReportPlanView().dump({**plan.rules, **facts, "slots": slots})
    return view


def list_report_slots(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: str
) -> View:
    statement = visible(actor)
    for name, value in filters.items():
        statement = statement.where(getattr(ReportSlot, name) == value)
    return db.page(session, statement, by=ReportSlot.id, render=SlotView().dump, cursor=cursor, limit=limit)


def render(session: Session, row: ReportSlot) -> View:
    """With its versions."""
    session.flush()
    shown = {column.key: getattr(row, column.key) for column in ReportSlot.__mapper__.column_attrs}
    view: View = SlotDetail().dump({**shown, "versions": list(versions_of(session, row.id))})
    return view


def get_report_slot(session: Session, *, actor: Actor, report_slot_id: str) -> View:
    return render(session, find_slot(session, report_slot_id, actor))


def get_report_figures(session: Session, *, actor: Actor, report_slot_id: str) -> View:
    slot = find_slot(session, report_slot_id, actor)
    project = session.get_one(Project, slot.project_id)
    period = {"period_from": slot.period_from, "period_until": slot.period_until}
    found = figures.figures_of(session, project, **period)
    view: View = FiguresView().dump({"report_slot_id": slot.id, **period, **found})
    return view


def unreported(session: Session, project_id: str, *, statuses: Sequence[str] = domain.OPEN) -> Sequence[ReportSlot]:
    """Reports of a project that nobody accepted yet."""
    statement = select(ReportSlot).where(ReportSlot.project_id == project_id, ReportSlot.status.in_(statuses))
    return session.scalars(statement.order_by(ReportSlot.number)).all()
