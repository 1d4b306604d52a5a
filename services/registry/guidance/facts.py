"""The facts the rules look at: an organisation's stage, capacity, plan, supervision and history, as of a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import clock
from services.registry.cases import domain as cases
from services.registry.cases.models import CapacityAssessment, IncubationCase
from services.registry.cases.queries import missing_documents
from services.registry.consultations.models import Consultation
from services.registry.deadlines.models import Deadline
from services.registry.guidance import domain
from services.registry.organisations.models import Organisation
from services.registry.plans.models import Plan, PlanVersion, StageReview
from services.registry.policies.queries import number
from services.registry.teams.models import ResourceLink
from services.registry.visits.models import Finding, Visit


def gather(session: Session, organisation: Organisation, today: date) -> dict[str, Any]:
    """Days are ISO text, so that they compare as days; what is not known is ``None``."""
    history = list(
        session.scalars(
            select(IncubationCase).filter_by(organisation_id=organisation.id).order_by(IncubationCase.id.desc())
        )
    )
    case = _case_now(history)
    return {
        "kind": organisation.kind,
        "legal_tier": organisation.legal_tier,
        "has_hub": organisation.hub_id is not None,
        "expelled_before": any(one.status == "expelled" for one in history),
        **_of_case(session, case, today),
        **_due(session, organisation.id, case),
        **_of_supervision(session, organisation.id, case, today),
        "consultations_answered": _count(session, Consultation, organisation.id, Consultation.status == "answered"),
    }


def _case_now(history: list[IncubationCase]) -> IncubationCase | None:
    """The open one; a draft beside it says nothing of where the organisation stands. Else the draft, else the last."""
    for statuses in (cases.OPEN, ("draft",)):
        for one in history:
            if one.status in statuses:
                return one
    return history[0] if history else None


def _of_case(session: Session, case: IncubationCase | None, today: date) -> dict[str, Any]:
    status = case.status if case else None
    stage = domain.stage(status, came_to_incubation=bool(case and case.starts_on))
    facts: dict[str, Any] = {"stage": stage, "case_status": status}
    if case is None:
        return facts
    facts["may_reenter"] = _may_reenter(session, case, today)
    if status == "draft":
        facts["documents_missing"] = len(missing_documents(session, case))
    if case.ends_on is not None:
        soon = timedelta(days=number(session, case.district_code, "case_term_notice_days"))
        facts["term_ends_soon"] = case.ends_on - soon <= today
    links = select(ResourceLink.kind).where(ResourceLink.case_id == case.id, ResourceLink.valid_until.is_(None))
    facts["linked_kinds"] = sorted(set(session.scalars(links)))
    facts["resources_linked"] = len(facts["linked_kinds"])
    return {**facts, **_of_plan(session, case, today), **_of_capacity(session, case, today)}


def _may_reenter(session: Session, case: IncubationCase, today: date) -> bool | None:
    key = cases.REENTRY.get(case.status)
    if key is None or case.closed_at is None:
        return None
    return clock.day_of(case.closed_at) + timedelta(days=number(session, case.district_code, key)) <= today


def _of_capacity(session: Session, case: IncubationCase, today: date) -> dict[str, Any]:
    rows = session.scalars(select(CapacityAssessment).filter_by(case_id=case.id).order_by(CapacityAssessment.id)).all()
    facts: dict[str, Any] = {"exit_assessed": any(row.kind == "exit" for row in rows)}
    if rows:
        facts["scores"] = rows[-1].scores
        facts["days_since_assessment"] = (today - clock.day_of(rows[-1].assessed_at)).days
    return facts


def _of_plan(session: Session, case: IncubationCase, today: date) -> dict[str, Any]:
    plan = session.scalars(select(Plan).filter_by(case_id=case.id)).one_or_none()
    if plan is None:
        return {}
    facts: dict[str, Any] = {"plan_status": plan.status}
    if plan.approved_number is None:
        return facts
    version = session.scalars(select(PlanVersion).filter_by(plan_id=plan.id, number=plan.approved_number)).one()
    met = set(
        session.scalars(select(StageReview.goal).filter_by(plan_id=plan.id, number=plan.approved_number, outcome="met"))
    )
    due = [str(goal["due_on"]) for place, goal in enumerate(version.goals, 1) if place not in met]
    late = sorted(day for day in due if day < today.isoformat())
    return {**facts, "goals_overdue": len(late), "goal_due_on": late[0] if late else None}


def _due(session: Session, organisation_id: str, case: IncubationCase | None) -> dict[str, Any]:
    """The soonest open deadline of each kind: of the case, or of the organisation's findings."""
    rows = session.execute(
        select(Deadline.kind, func.min(Deadline.due_on))
        .where(
            Deadline.organisation_id == organisation_id,
            Deadline.status == "open",
            Deadline.kind.in_(("finding",)) | (Deadline.subject_id == (case.id if case else "")),
        )
        .group_by(Deadline.kind)
    )
    return {f"{kind}_due_on": due_on.isoformat() for kind, due_on in rows}


def _of_supervision(session: Session, organisation_id: str, case: IncubationCase | None, today: date) -> dict[str, Any]:
    facts: dict[str, Any] = {"findings_open": _count(session, Finding, organisation_id, Finding.status == "open")}
    if case is None or case.starts_on is None:
        return facts
    held = select(func.max(Visit.held_on)).where(Visit.organisation_id == organisation_id)
    last = max(session.scalar(held) or case.starts_on, case.starts_on)
    planned = _count(session, Visit, organisation_id, Visit.status == "planned")
    due_on = last + timedelta(days=number(session, case.district_code, "visit_every_days"))
    return {**facts, "visit_due": due_on <= today and not planned, "visit_due_on": due_on.isoformat()}


def _count(session: Session, model: Any, organisation_id: str, *conditions: Any) -> int:
    statement: Select[Any] = select(func.count()).where(model.organisation_id == organisation_id, *conditions)
    return session.scalar(statement) or 0
