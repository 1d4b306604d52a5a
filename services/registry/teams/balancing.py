"""Suggestions for even caseloads, from what the registry knows; the rules are in ``domain_balance``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from services.registry.accounts.models import Account
from services.registry.accounts.queries import visible as visible_accounts
from services.registry.cases.models import IncubationCase
from services.registry.cases.queries import find_case
from services.registry.cases.queries import visible as visible_cases
from services.registry.organisations.models import Organisation
from services.registry.policies.queries import number
from services.registry.teams import domain_balance as rules
from services.registry.teams.models import HandOver, TeamAssignment

_PEOPLE = 500  # of one role in one district; the least loaded are what a suggestion needs


def suggest_team_member(session: Session, *, actor: Actor, case_id: str, role: str) -> dict[str, Any]:
    """People who may hold the role in this case and have a place left, best first, with the terms of the ranking."""
    case = find_case(session, actor, case_id)
    people = [one for one in _people(session, actor, role) if _fits(one.street_codes, case.street_code)]
    loads = _loads(session, [one.id for one in people])
    most = number(session, actor.district_code, f"{role}_caseload")
    holder = _holder(session, case.id, role)
    before, beside = _served_before(session, case), _serving_the_hub(session, case)
    ranked = rules.rank(
        rules.Candidate(
            account_id=one.id,
            cases=loads.get(one.id, 0),
            most=most,
            same_street=case.street_code is not None and case.street_code in one.street_codes,
            served_before=one.id in before,
            same_hub=one.id in beside,
        )
        for one in people
        if one.id != holder
    )
    return {"case_id": case.id, "items": [_shown(one) for one in ranked[:50]]}


def _shown(one: rules.Ranked) -> dict[str, Any]:
    who = one.candidate
    return {
        "account_id": who.account_id,
        "score": one.score,
        "reasons": one.reasons,
        "cases": who.cases,
        "free": who.free,
    }


def suggest_hand_overs(
    session: Session, *, actor: Actor, now: datetime, role: str, limit: int | None = None
) -> dict[str, Any]:
    """Hand-overs that would even out the load of one role, in the order in which they help most."""
    people = _people(session, actor, role)
    most = number(session, actor.district_code, f"{role}_caseload")
    loads = _loads(session, [one.id for one in people])
    moves = rules.balance(
        {one.id: loads.get(one.id, 0) for one in people},
        {one.id: most for one in people},
        _served(session, actor, role, people, now),
        tolerance=number(session, actor.district_code, "balance_tolerance"),
    )
    return {"items": [vars(move) for move in moves[: limit or 50]]}


def _people(session: Session, actor: Actor, role: str) -> list[Account]:
    statement = visible_accounts(actor).where(Account.role == role, Account.status == "active")
    return list(session.scalars(statement.order_by(Account.id).limit(_PEOPLE)))


def _fits(account_streets: Sequence[str], street_code: str | None) -> bool:
    return not account_streets or street_code in account_streets


def _loads(session: Session, account_ids: Sequence[str]) -> dict[str, int]:
    """Cases served and promised, per account."""
    serving = select(TeamAssignment.account_id, func.count()).where(
        TeamAssignment.account_id.in_(account_ids), TeamAssignment.valid_until.is_(None)
    )
    promised = select(HandOver.account_id, func.count()).where(
        HandOver.account_id.in_(account_ids), HandOver.status == "planned"
    )
    loads: dict[str, int] = {}
    for statement in (serving.group_by(TeamAssignment.account_id), promised.group_by(HandOver.account_id)):
        for account_id, count in session.execute(statement):
            loads[account_id] = loads.get(account_id, 0) + count
    return loads


def _holder(session: Session, case_id: str, role: str) -> str | None:
    found: str | None = session.scalar(
        select(TeamAssignment.account_id).filter_by(case_id=case_id, role=role, valid_until=None)
    )
    return found


def _served_before(session: Session, case: IncubationCase) -> set[str]:
    """Who has served the organisation, in this or an earlier case."""
    cases = select(IncubationCase.id).where(IncubationCase.organisation_id == case.organisation_id)
    return set(session.scalars(select(TeamAssignment.account_id).where(TeamAssignment.case_id.in_(cases))))


def _serving_the_hub(session: Session, case: IncubationCase) -> set[str]:
    """Who serves another organisation of the same hub now."""
    hub = select(Organisation.hub_id).where(Organisation.id == case.organisation_id).scalar_subquery()
    cases = (
        select(IncubationCase.id)
        .join(Organisation, Organisation.id == IncubationCase.organisation_id)
        .where(Organisation.hub_id == hub, IncubationCase.id != case.id)
    )
    serving = select(TeamAssignment.account_id).where(
        TeamAssignment.case_id.in_(cases), TeamAssignment.valid_until.is_(None)
    )
    return set(session.scalars(serving))


def _served(session: Session, actor: Actor, role: str, people: Sequence[Account], now: datetime) -> list[rules.Served]:
    """Cases that could change hands: served by one of these people, and with no hand-over planned."""
    planned = select(HandOver.case_id).where(HandOver.role == role, HandOver.status == "planned")
    visible = visible_cases(actor).with_only_columns(IncubationCase.id)
    rows = session.execute(
        select(TeamAssignment.case_id, TeamAssignment.account_id, TeamAssignment.valid_from, IncubationCase.street_code)
        .join(IncubationCase, IncubationCase.id == TeamAssignment.case_id)
        .where(
            TeamAssignment.role == role,
            TeamAssignment.valid_until.is_(None),
            TeamAssignment.account_id.in_([one.id for one in people]),
            TeamAssignment.case_id.in_(visible),
            TeamAssignment.case_id.not_in(planned),
        )
    )
    return [
        rules.Served(
            case_id=row.case_id,
            account_id=row.account_id,
            eligible=frozenset(one.id for one in people if _fits(one.street_codes, row.street_code)),
            days=(now - row.valid_from).days,
        )
        for row in rows
    ]
