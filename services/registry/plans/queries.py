"""Reads of growth plans."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.registry.codes_base import BaseCode
from contracts.registry.codes_growth import GrowthCode
from contracts.registry.plans import PlanDetail, PlanView
from services.registry import scope
from services.registry.plans import domain_diff
from services.registry.plans.models import Plan, PlanComment, PlanVersion, StageReview

_VIEW, _DETAIL = PlanView(), PlanDetail()


def render(session: Session, row: Plan) -> dict[str, Any]:
    """A plan with every version and comment."""
    session.flush()
    versions = session.scalars(select(PlanVersion).filter_by(plan_id=row.id).order_by(PlanVersion.number))
    comments = session.scalars(select(PlanComment).filter_by(plan_id=row.id).order_by(PlanComment.id))
    reviews = session.scalars(select(StageReview).filter_by(plan_id=row.id).order_by(StageReview.id))
    # Goals are stored in edge form (a date is text there), so they bypass the date field of the schema.
    told = [{**scope.columns(version)} for version in versions]
    shown: dict[str, Any] = _DETAIL.dump(
        {
            **scope.columns(row),
            "plan_id": row.id,
            "versions": [{**version, "goals": []} for version in told],
            "comments": [{**scope.columns(comment), "comment_id": comment.id} for comment in comments],
            "reviews": [scope.columns(review) for review in reviews],
        }
    )
    for version, view in zip(told, shown["versions"], strict=True):
        view["goals"] = version["goals"]
    return shown


def find_plan(session: Session, actor: Actor, plan_id: str) -> Plan:
    """One plan to read."""
    return scope.find(session, Plan, plan_id, actor, GrowthCode.PLAN_NOT_FOUND, column=Plan.organisation_id)


def get_plan(session: Session, *, actor: Actor, plan_id: str) -> dict[str, Any]:
    """One plan."""
    return render(session, find_plan(session, actor, plan_id))


def compare_plan_versions(session: Session, *, actor: Actor, plan_id: str, older: int, newer: int) -> dict[str, Any]:
    """What changed from one version to another, in either direction."""
    row = find_plan(session, actor, plan_id)
    before, after = _version(session, row, older), _version(session, row, newer)
    lines = domain_diff.compare_text(before.summary, after.summary)
    changes, unchanged = domain_diff.compare_goals(before.goals, after.goals)
    return {
        "plan_id": row.id,
        "older": older,
        "newer": newer,
        "summary": [{"change": change, "text": text} for change, text in lines],
        "goals": [vars(change) for change in changes],
        "unchanged_goals": unchanged,
    }


def _version(session: Session, row: Plan, number: int) -> PlanVersion:
    found = session.scalars(select(PlanVersion).filter_by(plan_id=row.id, number=number)).one_or_none()
    if found is None:
        raise NotFoundError(BaseCode.PLAN_VERSION_NOT_FOUND, number=number)
    return found


def list_plans(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""
    statement = scope.visible(Plan, Plan.organisation_id, actor).filter_by(**equal)
    return db.page(session, statement, by=Plan.id, render=_line, cursor=cursor, limit=limit)


def _line(row: Plan) -> dict[str, Any]:
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "plan_id": row.id})
    return shown
