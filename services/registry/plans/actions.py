"""Writes of growth plans."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes_growth import GrowthCode
from contracts.registry.events_base import StageGoalReviewed
from contracts.registry.events_care import PlanCommented, PlanDrafted, PlanReviewed, PlanRevised, PlanSubmitted
from contracts.registry.plans import StageGoal
from services.registry import scope
from services.registry.cases import domain as cases
from services.registry.cases.models import IncubationCase
from services.registry.cases.queries import take_case
from services.registry.plans import domain, queries
from services.registry.plans.models import Plan, PlanComment, PlanVersion, StageReview

_GOALS = StageGoal(many=True)


def draft_plan(
    session: Session, *, actor: Actor, now: datetime, case_id: str, summary: str, goals: list[dict[str, Any]]
) -> dict[str, Any]:
    """One per case, while the case is open."""
    case = take_case(session, actor, case_id)
    _check_open(case)
    if session.scalars(select(Plan.id).filter_by(case_id=case.id)).first() is not None:
        raise ConflictError(GrowthCode.PLAN_EXISTS)
    row = Plan(
        district_code=case.district_code,
        street_code=case.street_code,
        case_id=case.id,
        organisation_id=case.organisation_id,
        status="drafting",
        number=1,
        created_at=now,
        touched_at=now,
    )
    session.add(row)
    session.flush()
    _write(session, actor, row, summary, goals, now)
    record = PlanDrafted(
        plan_id=row.id, case_id=case.id, organisation_id=row.organisation_id, street_codes=_streets(row)
    )
    outbox.record(session, record)
    return queries.render(session, row)


def revise_plan(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    plan_id: str,
    summary: str,
    goals: list[dict[str, Any]],
    expected_version: int | None = None,
) -> dict[str, Any]:
    """A new version; an approved plan has to be approved again."""
    row = _take(session, actor, plan_id, "revise", now, expected_version)
    row.number += 1
    _write(session, actor, row, summary, goals, now)
    outbox.record(session, PlanRevised(plan_id=row.id, number=row.number, street_codes=_streets(row)))
    return queries.render(session, row)


def comment_plan(
    session: Session, *, actor: Actor, now: datetime, plan_id: str, text: str, section: str | None = None
) -> dict[str, Any]:
    """On the version that is current now, or a section of it."""
    row = _lock(session, actor, plan_id, None)
    comment = _comment(session, actor, row, text, now, section)
    outbox.record(
        session,
        PlanCommented(
            plan_id=row.id, comment_id=comment.id, number=row.number, section=section, street_codes=_streets(row)
        ),
    )
    return queries.render(session, row)


def submit_plan(
    session: Session, *, actor: Actor, now: datetime, plan_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """drafting → submitted."""
    row = _take(session, actor, plan_id, "submit", now, expected_version)
    record = PlanSubmitted(
        plan_id=row.id,
        case_id=row.case_id,
        organisation_id=row.organisation_id,
        number=row.number,
        street_codes=_streets(row),
    )
    outbox.record(session, record)
    return queries.render(session, row)


def approve_plan(
    session: Session, *, actor: Actor, now: datetime, plan_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """submitted → approved."""
    row = _take(session, actor, plan_id, "approve", now, expected_version)
    row.approved_number = row.number
    _reviewed(session, row, "approved")
    return queries.render(session, row)


def return_plan(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    plan_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """submitted → returned; the reason is a comment on the version."""
    row = _take(session, actor, plan_id, "return", now, expected_version)
    _comment(session, actor, row, reason, now)
    _reviewed(session, row, "returned")
    return queries.render(session, row)


def review_stage_goal(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    plan_id: str,
    goal: int,
    outcome: str,
    note: str,
    evidence: list[dict[str, Any]],
) -> dict[str, Any]:
    """Of the version that was approved; the review of a goal may be repeated, and each stays."""
    row = _lock(session, actor, plan_id, None)
    number = domain.reviewable(row.approved_number)
    version = session.scalars(select(PlanVersion).filter_by(plan_id=row.id, number=number)).one()
    domain.check_goal(goal, len(version.goals))
    session.add(
        StageReview(
            district_code=row.district_code,
            street_code=row.street_code,
            plan_id=row.id,
            number=number,
            goal=goal,
            outcome=outcome,
            note=note,
            evidence=evidence,
            account_id=actor.account_id,
            role=actor.role,
            reviewed_at=now,
        )
    )
    row.touched_at = now
    outbox.record(session, _goal_reviewed(row, number, goal, outcome))
    return queries.render(session, row)


def _goal_reviewed(row: Plan, number: int, goal: int, outcome: str) -> StageGoalReviewed:
    return StageGoalReviewed(
        plan_id=row.id,
        case_id=row.case_id,
        organisation_id=row.organisation_id,
        number=number,
        goal=goal,
        outcome=outcome,
        street_codes=_streets(row),
    )


def _lock(session: Session, actor: Actor, plan_id: str, expected: int | None) -> Plan:
    code = GrowthCode.PLAN_NOT_FOUND
    return scope.take(session, Plan, plan_id, actor, code, column=Plan.organisation_id, expected=expected)


def _take(session: Session, actor: Actor, plan_id: str, action: str, now: datetime, expected: int | None) -> Plan:
    row = _lock(session, actor, plan_id, expected)
    _check_open(session.get_one(IncubationCase, row.case_id))
    row.status, row.touched_at = domain.next_status(row.status, action), now
    return row


def _check_open(case: IncubationCase) -> None:
    """What is over needs no plan; its goals may still be reviewed, and remarks made."""
    if case.status not in cases.OPEN:
        raise ConflictError(GrowthCode.PLAN_CASE_CLOSED, status=case.status)


def _write(session: Session, actor: Actor, row: Plan, summary: str, goals: list[dict[str, Any]], now: datetime) -> None:
    session.add(
        PlanVersion(
            district_code=row.district_code,
            street_code=row.street_code,
            plan_id=row.id,
            number=row.number,
            summary=summary,
            goals=_GOALS.dump(goals),
            account_id=actor.account_id,
            written_at=now,
        )
    )


def _comment(
    session: Session, actor: Actor, row: Plan, text: str, now: datetime, section: str | None = None
) -> PlanComment:
    comment = PlanComment(
        district_code=row.district_code,
        street_code=row.street_code,
        plan_id=row.id,
        number=row.number,
        account_id=actor.account_id,
        role=actor.role,
        section=section,
        text=text,
        written_at=now,
    )
    row.touched_at = now
    session.add(comment)
    session.flush()
    return comment


def _reviewed(session: Session, row: Plan, outcome: str) -> None:
    record = PlanReviewed(
        plan_id=row.id,
        case_id=row.case_id,
        organisation_id=row.organisation_id,
        number=row.number,
        outcome=outcome,
        street_codes=_streets(row),
    )
    outbox.record(session, record)


def _streets(row: Plan) -> list[str]:
    return [row.street_code] if row.street_code else []
