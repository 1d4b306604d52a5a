"""Hand-overs dated later: planned, undone, and carried out when their time comes. Nobody leaves before that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.registry.codes_base import BaseCode
from contracts.registry.events_base import TeamHandOverFailed, TeamHandOverPlanned, TeamHandOverUndone
from services.registry.cases.models import IncubationCase
from services.registry.cases.queries import serving
from services.registry.teams import actions, domain, queries
from services.registry.teams.models import HandOver


def plan_team_hand_over(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    case_id: str,
    role: str,
    account_id: str,
    effective_at: datetime,
    reason: str,
) -> dict[str, Any]:
    """One per role at a time; the successor's place is kept from now on."""
    case = actions.take_open(session, actor, case_id, now)
    domain.check_ahead(effective_at, now)
    domain.check_successor(serving(session, case.id).get(role), account_id)
    if any(plan.role == role and plan.status == "planned" for plan in queries.hand_overs(session, case.id)):
        raise ConflictError(BaseCode.HAND_OVER_PLANNED)
    actions.check_holder(session, case, role, account_id)
    plan = HandOver(
        district_code=case.district_code,
        street_code=case.street_code,
        case_id=case.id,
        role=role,
        account_id=account_id,
        effective_at=effective_at,
        reason=reason,
        status="planned",
        planned_by=actor.account_id,
        created_at=now,
    )
    session.add(plan)
    session.flush()
    _watch(session, plan)
    outbox.record(session, _planned(case, plan))
    return queries.render(session, case)


def undo_team_hand_over(
    session: Session, *, actor: Actor, now: datetime, case_id: str, hand_over_id: str, reason: str
) -> dict[str, Any]:
    """Before its time comes; afterwards one hands back."""
    case = actions.take_open(session, actor, case_id, now)
    plan = session.get(HandOver, hand_over_id)
    if plan is None or plan.case_id != case.id:
        raise NotFoundError(BaseCode.HAND_OVER_NOT_FOUND)
    plan.status, plan.outcome = domain.next_hand_over_status(plan.status, "undo"), reason
    if plan.timer_id:
        timers.cancel(session, plan.timer_id)
    outbox.record(
        session,
        TeamHandOverUndone(case_id=case.id, hand_over_id=plan.id, role=plan.role, street_codes=_streets(case)),
    )
    return queries.render(session, case)


def take_over_team_role(session: Session, *, hand_over_id: str, now: datetime) -> None:
    """The planned instant has come. Where the successor no longer can, whoever serves goes on, and that is told."""
    plan = session.scalars(select(HandOver).filter_by(id=hand_over_id)).one()
    case = session.scalars(select(IncubationCase).filter_by(id=plan.case_id).with_for_update()).one()
    session.refresh(plan)
    if plan.status != "planned":
        return
    try:
        actions.replace_holder(
            session,
            case,
            role=plan.role,
            account_id=plan.account_id,
            at=plan.effective_at,
            reason=plan.reason,
            taking_over=plan.id,
        )
    except (ConflictError, InvalidError) as refused:
        plan.status, plan.outcome = domain.next_hand_over_status(plan.status, "fail"), str(refused.code)
        outbox.record(session, _failed(case, plan))
    else:
        plan.status = domain.next_hand_over_status(plan.status, "take_effect")
    case.touched_at = now
    session.flush()


def drop_plans(session: Session, case_id: str) -> None:
    """The case is over: nobody takes it over any more."""
    for plan in queries.hand_overs(session, case_id):
        if plan.status == "planned":
            plan.status = domain.next_hand_over_status(plan.status, "close")
            if plan.timer_id:
                timers.cancel(session, plan.timer_id)


def _watch(session: Session, plan: HandOver) -> None:
    plan.timer_id = timers.schedule(
        session,
        "take_over_team_role",
        due_at=plan.effective_at,
        district_code=plan.district_code,
        hand_over_id=plan.id,
    )


def _planned(case: IncubationCase, plan: HandOver) -> TeamHandOverPlanned:
    return TeamHandOverPlanned(
        case_id=case.id,
        hand_over_id=plan.id,
        role=plan.role,
        to_account_id=plan.account_id,
        effective_at=plan.effective_at.isoformat(),
        street_codes=_streets(case),
    )


def _failed(case: IncubationCase, plan: HandOver) -> TeamHandOverFailed:
    return TeamHandOverFailed(
        case_id=case.id,
        hand_over_id=plan.id,
        role=plan.role,
        code=plan.outcome or "",
        street_codes=_streets(case),
    )


def _streets(case: IncubationCase) -> list[str]:
    return [case.street_code] if case.street_code else []
