"""The facts behind the rule's terms: each answers ``{organisation: value}`` of those that have any.

Organisations are named by the text of their uuid: a district has a hundred thousand, and turning each into an id and
back would take longer than all the rest. :func:`organisation_id` makes the few that are chosen ids again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import Session

from chassis import clock, ids
from services.registry.assessments.domain import level_of, mean_hundredths
from services.registry.assessments.models import Assessment
from services.registry.brands.models import KnownOrder, KnownProject
from services.registry.cases.domain import IN_BASE
from services.registry.cases.models import CapacityAssessment, IncubationCase
from services.registry.party.models import PartyCover, PartyOrganisation
from services.registry.trainings.models import TrainingAttendance, TrainingSession

Values = Mapping[str, int]


def key(column: Any) -> ColumnElement[str]:
    """An organisation's column as the text of its uuid; sorts as the ids do."""
    return cast(column, String)


def organisation_id(text: str) -> str:
    """The id again."""
    return ids.encode("org", uuid.UUID(text))


def facts(session: Session, district_code: str, *, terms: list[str], since: date, as_of: date) -> dict[str, Values]:
    """``{term: {organisation: value}}`` of the days after ``since`` up to the end of ``as_of``."""
    return {term: TERMS[term](session, district_code, since, as_of) for term in terms}


def _grade(session: Session, district_code: str, since: date, as_of: date) -> Values:
    """Level 1–5 of the grade that held on the day."""
    rows = session.execute(
        select(key(Assessment.organisation_id), Assessment.grade).where(
            Assessment.district_code == district_code,
            Assessment.status == "confirmed",
            Assessment.graded_on <= as_of,
            Assessment.valid_until >= as_of,
        )
    )
    return {organisation: level_of(grade) for organisation, grade in rows}


def _means(session: Session, district_code: str, as_of: date) -> dict[str, list[tuple[str, int]]]:
    """``{organisation: [(kind, mean in hundredths)]}``, oldest first."""
    rows = session.execute(
        select(key(IncubationCase.organisation_id), CapacityAssessment.kind, CapacityAssessment.scores)
        .join(IncubationCase, IncubationCase.id == CapacityAssessment.case_id)
        .where(CapacityAssessment.district_code == district_code, CapacityAssessment.assessed_at < clock.end_of(as_of))
        .order_by(CapacityAssessment.assessed_at, CapacityAssessment.id)
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for organisation, kind, scores in rows:
        found.setdefault(organisation, []).append((kind, mean_hundredths(scores)))
    return found


def _capacity(session: Session, district_code: str, since: date, as_of: date) -> Values:
    """Mean of the latest capacity assessment, points of 100."""
    return {one: points[-1][1] // 100 for one, points in _means(session, district_code, as_of).items()}


def _capacity_growth(session: Session, district_code: str, since: date, as_of: date) -> Values:
    """Latest mean less that of the first baseline, points of 100."""
    found = {}
    for one, points in _means(session, district_code, as_of).items():
        first = next((mean for kind, mean in points if kind == "baseline"), points[0][1])
        found[one] = (points[-1][1] - first) // 100
    return found


def _incubation(session: Session, district_code: str, since: date, as_of: date) -> Values:
    """1 while in incubation, 2 once graduated."""
    rows = session.execute(
        select(key(IncubationCase.organisation_id), IncubationCase.status).where(
            IncubationCase.district_code == district_code,
            IncubationCase.status.in_((*IN_BASE, "graduated")),
            IncubationCase.created_at < clock.end_of(as_of),
        )
    )
    found: dict[str, int] = {}
    for organisation, status in rows:
        found[organisation] = max(found.get(organisation, 0), 2 if status == "graduated" else 1)
    return found


def _counted(session: Session, column: Any, value: Any, *conditions: Any) -> Values:
    statement = select(key(column), value).where(column.is_not(None), *conditions).group_by(column)
    return {organisation: int(count or 0) for organisation, count in session.execute(statement)}


def _projects(session: Session, district_code: str, since: date, as_of: date) -> Values:
    """Projects that ran in the period and were not terminated."""
    return _counted(
        session,
        KnownProject.organisation_id,
        func.count(),
        KnownProject.district_code == district_code,
        KnownProject.status != "terminated",
        KnownProject.started_on <= as_of,
        func.coalesce(KnownProject.ended_on, as_of) > since,
    )


def _service_hours(session: Session, district_code: str, since: date, as_of: date) -> Values:
    """Whole hours of confirmed orders in the period."""
    return _counted(
        session,
        KnownOrder.organisation_id,
        func.sum(KnownOrder.minutes) / 60,
        KnownOrder.district_code == district_code,
        KnownOrder.confirmed_on > since,
        KnownOrder.confirmed_on <= as_of,
        KnownOrder.counts(),
    )


def _trainings(session: Session, district_code: str, since: date, as_of: date) -> Values:
    """Closed sessions of the period at which somebody of the organisation was."""
    begins: datetime = clock.end_of(since)
    return _counted(
        session,
        TrainingAttendance.organisation_id,
        func.count(func.distinct(TrainingAttendance.training_id)),
        TrainingAttendance.district_code == district_code,
        TrainingAttendance.status.in_(("present", "late")),
        TrainingAttendance.training_id.in_(
            select(TrainingSession.id).where(
                TrainingSession.district_code == district_code,
                TrainingSession.status == "closed",
                TrainingSession.starts_at >= begins,
                TrainingSession.starts_at < clock.end_of(as_of),
            )
        ),
    )


def _party(session: Session, district_code: str, since: date, as_of: date) -> Values:
    """1 where a party organisation covers it."""
    rows = session.scalars(
        select(key(PartyCover.organisation_id))
        .join(PartyOrganisation, PartyOrganisation.id == PartyCover.party_organisation_id)
        .where(
            PartyOrganisation.district_code == district_code,
            PartyOrganisation.status == "active",
            PartyOrganisation.founded_on <= as_of,
        )
    )
    return dict.fromkeys(rows, 1)


TERMS: dict[str, Callable[[Session, str, date, date], Values]] = {
    "grade": _grade,
    "capacity": _capacity,
    "capacity_growth": _capacity_growth,
    "incubation": _incubation,
    "projects": _projects,
    "service_hours": _service_hours,
    "trainings": _trainings,
    "party": _party,
}
