"""Reads of service teams."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from contracts.registry.teams import TEAM_ROLES, TeamView
from services.registry import scope
from services.registry.accounts.models import Account
from services.registry.accounts.queries import visible as visible_accounts
from services.registry.cases.models import IncubationCase
from services.registry.cases.queries import find_case
from services.registry.policies.queries import number
from services.registry.teams.models import HandOver, ResourceLink, TeamAssignment

_VIEW = TeamView()


def render(session: Session, case: IncubationCase) -> dict[str, Any]:
    """The whole team with its history."""
    session.flush()
    members = session.scalars(select(TeamAssignment).filter_by(case_id=case.id).order_by(TeamAssignment.id)).all()
    links = session.scalars(select(ResourceLink).filter_by(case_id=case.id).order_by(ResourceLink.id))
    serving = {member.role for member in members if member.valid_until is None}
    shown: dict[str, Any] = _VIEW.dump(
        {
            "case_id": case.id,
            "organisation_id": case.organisation_id,
            "street_code": case.street_code,
            "complete": serving >= set(TEAM_ROLES),
            "members": members,
            "resources": [{**scope.columns(link), "link_id": link.id} for link in links],
            "hand_overs": [{**scope.columns(plan), "hand_over_id": plan.id} for plan in hand_overs(session, case.id)],
        }
    )
    return shown


def get_service_team(session: Session, *, actor: Actor, case_id: str) -> dict[str, Any]:
    """The team of one case."""
    return render(session, find_case(session, actor, case_id))


def caseload(session: Session, account_id: str) -> int:
    """How many cases somebody serves now."""
    statement = select(func.count()).where(
        TeamAssignment.account_id == account_id, TeamAssignment.valid_until.is_(None)
    )
    return session.scalar(statement) or 0


def hand_overs(session: Session, case_id: str) -> list[HandOver]:
    """Hand-overs that were dated later, whatever became of them, oldest first."""
    return list(session.scalars(select(HandOver).filter_by(case_id=case_id).order_by(HandOver.id)))


def promised(session: Session, account_id: str, *, but: str | None = None) -> int:
    """How many cases somebody will take over, by plans still standing; ``but`` leaves one plan out."""
    statement = select(func.count()).where(HandOver.account_id == account_id, HandOver.status == "planned")
    return session.scalar(statement if but is None else statement.where(HandOver.id != but)) or 0


def list_caseloads(session: Session, *, actor: Actor, role: str | None = None) -> dict[str, Any]:
    """Specialists and stewards with their load, the least loaded first."""
    wanted = [role] if role else list(TEAM_ROLES)
    people = visible_accounts(actor).where(Account.role.in_(wanted), Account.status == "active")
    most = {one: number(session, actor.district_code, f"{one}_caseload") for one in wanted}
    serving = (
        select(TeamAssignment.account_id, func.count())
        .where(TeamAssignment.district_code == actor.district_code, TeamAssignment.valid_until.is_(None))
        .group_by(TeamAssignment.account_id)
    )
    loads = dict(session.execute(serving).all())
    items = []
    for person in session.scalars(people.order_by(Account.id).limit(500)):
        cases = loads.get(person.id, 0)
        free = max(most[person.role] - cases, 0)
        items.append({"account_id": person.id, "role": person.role, "cases": cases, "free": free})
    return {"items": sorted(items, key=lambda item: (item["cases"], item["account_id"]))}
