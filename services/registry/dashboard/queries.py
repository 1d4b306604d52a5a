"""Counts of the dashboard; scoped like the lists, so each number can be recounted from them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from services.registry import scope
from services.registry.cases import domain as cases
from services.registry.cases import queries as case_queries
from services.registry.cases.models import IncubationCase
from services.registry.consultations.models import Consultation
from services.registry.organisations.models import Organisation
from services.registry.plans.models import Plan
from services.registry.seed_groups.models import SeedGroup
from services.registry.seed_groups.queries import visible as visible_groups
from services.registry.visits.models import Finding, Visit


def _by(session: Session, rows: Select[Any], column: Any) -> dict[str, int]:
    """``{value: how many}``; null counts under an empty name."""
    counted = rows.with_only_columns(column, func.count()).group_by(column)
    return {value or "": count for value, count in session.execute(counted).all()}


def _count(session: Session, rows: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def get_registry_dashboard(session: Session, *, actor: Actor, street_code: str | None = None) -> dict[str, Any]:
    """One street, or everything the actor may see."""

    def of(rows: Select[Any], model: Any) -> Select[Any]:
        return rows if street_code is None else rows.where(model.street_code == street_code)

    def bound(model: Any) -> Select[Any]:
        return of(scope.visible(model, model.organisation_id, actor), model)

    organisations = of(scope.visible(Organisation, Organisation.id, actor), Organisation)
    organisations = organisations.where(Organisation.status != "merged")  # counted with the one that took it in
    case_rows = of(case_queries.visible(actor), IncubationCase)
    groups = of(visible_groups(actor), SeedGroup)
    visits, findings, questions = bound(Visit), bound(Finding), bound(Consultation)
    late = case_rows.where(IncubationCase.review_late, IncubationCase.status.in_(cases.REVIEWING))
    return {
        "organisations": _count(session, organisations),
        "organisations_by_kind": _by(session, organisations, Organisation.kind),
        "organisations_by_tier": _by(session, organisations, Organisation.legal_tier),
        "organisations_by_street": _by(session, organisations, Organisation.street_code),
        "organisations_by_status": _by(session, organisations, Organisation.status),
        "cases": _count(session, case_rows),
        "cases_by_status": _by(session, case_rows, IncubationCase.status),
        "cases_late": _count(session, late),
        "seed_groups": _count(session, groups),
        "seed_groups_by_status": _by(session, groups, SeedGroup.status),
        "plans_by_status": _by(session, bound(Plan), Plan.status),
        "visits": _count(session, visits),
        "visits_by_status": _by(session, visits, Visit.status),
        "findings_by_status": _by(session, findings, Finding.status),
        "findings_open": _count(session, findings.where(Finding.status != "closed")),
        "findings_overdue": _count(session, findings.where(Finding.overdue)),
        "consultations": _count(session, questions),
        "consultations_by_status": _by(session, questions, Consultation.status),
        "consultations_late": _count(session, questions.where(Consultation.late)),
    }
