"""Changes of a project's budget: small shifts are told, larger ones are decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects import events_delivery as events
from contracts.projects.budgets import BudgetChangeView
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.events_money import BudgetChangeNotified, BudgetChangeWithdrawn
from services.projects.delivery import budget_versions, domain, money, steps
from services.projects.delivery.models import BudgetChange, Project
from services.projects.money_policy.queries import policy_of

View = dict[str, Any]


def request_budget_change(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    lines: list[dict[str, Any]],
    reason: str,
    expected_version: int | None = None,
) -> View:
    """A small shift is in force at once and told; with a larger one nothing is spent until it is decided."""
    project = steps.lock_own(session, actor, project_id, expected_version)
    share = policy_of(session, project.district_code)["budget_notify_percent"]
    approved = budget_versions.decided_lines(session, project)
    small = domain.is_small_shift(approved, lines, award_fen=project.award_fen, percent=share)
    action = "notify" if small else "request"
    money.move(session, project, f"{action}_change")
    budget_versions.check(session, project, lines, award_fen=project.award_fen)
    change = BudgetChange(
        **steps.belonging(project),
        status=domain.next_change_status("new", action),
        lines=lines,
        reason=reason,
        created_at=now,
    )
    session.add(change)
    session.flush()
    if small:
        change.decided_at = now
        budget_versions.adopt(session, project, lines, source="told", source_id=change.id, now=now)
        moved = domain.moved_fen(approved, lines)
        steps.record(session, project, BudgetChangeNotified, budget_change_id=change.id, moved_fen=moved)
    else:
        steps.record(session, project, events.BudgetChangeRequested, budget_change_id=change.id, lines=lines)
    return _view(session, change)


def decide_budget_change(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    budget_change_id: str,
    approved: bool,
    note: str,
) -> View:
    """Staff approve or refuse; either way the project goes on."""
    project = steps.lock(session, actor, project_id)
    change = _find(session, project, budget_change_id)
    change.status = domain.next_change_status(change.status, "approve" if approved else "refuse")
    money.move(session, project, "decide_change")
    change.note, change.decided_at = note, now
    if approved:
        budget_versions.check(session, project, change.lines, award_fen=project.award_fen)
        budget_versions.adopt(session, project, change.lines, source="decided", source_id=change.id, now=now)
    facts = {"budget_change_id": change.id, "approved": approved}
    steps.record(session, project, events.BudgetChangeDecided, **facts)
    return _view(session, change)


def withdraw_budget_change(
    session: Session, *, actor: Actor, now: datetime, project_id: str, budget_change_id: str
) -> View:
    """The organisation takes its request back, and goes on as before."""
    project = steps.lock_own(session, actor, project_id)
    change = _find(session, project, budget_change_id)
    change.status = domain.next_change_status(change.status, "withdraw")
    money.move(session, project, "decide_change")
    change.decided_at = now
    steps.record(session, project, BudgetChangeWithdrawn, budget_change_id=change.id)
    return _view(session, change)


def _find(session: Session, project: Project, budget_change_id: str) -> BudgetChange:
    change = session.scalars(
        select(BudgetChange).where(BudgetChange.project_id == project.id, BudgetChange.id == budget_change_id)
    ).one_or_none()
    if change is None:
        raise NotFoundError(DeliveryCode.BUDGET_CHANGE_NOT_FOUND)
    return change


def _view(session: Session, change: BudgetChange) -> View:
    session.flush()
    view: View = BudgetChangeView().dump(change)
    return view
