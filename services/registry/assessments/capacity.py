"""Capacity over time: every capacity assessment of an organisation's cases, and the growth of each indicator."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from contracts.registry.capacity import GrowthView
from services.registry import scope
from services.registry.assessments import domain
from services.registry.cases.models import CapacityAssessment, IncubationCase
from services.registry.organisations.queries import find_organisation

_VIEW = GrowthView()
_SHOWN = 100


def get_capacity_growth(session: Session, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
    """Growth counts from the first baseline; without one, from the first assessment."""
    organisation = find_organisation(session, actor, organisation_id)
    statement = (
        select(CapacityAssessment)
        .join(IncubationCase, IncubationCase.id == CapacityAssessment.case_id)
        .where(IncubationCase.organisation_id == organisation.id)
        .order_by(CapacityAssessment.assessed_at, CapacityAssessment.id)
    )
    rows = list(session.scalars(statement))
    points = [row.scores for row in rows]
    baseline = next((index for index, row in enumerate(rows) if row.kind == "baseline"), 0)
    told = [{**scope.columns(row), "mean_hundredths": domain.mean_hundredths(row.scores)} for row in rows[-_SHOWN:]]
    means = [domain.mean_hundredths(scores) for scores in points[baseline:]]
    shown: dict[str, Any] = _VIEW.dump(
        {
            "organisation_id": organisation.id,
            "measured": len(rows),
            "growth_hundredths": means[-1] - means[0] if means else None,
            "indicators": domain.growth(points, baseline),
            "points": told,
        }
    )
    return shown
