"""Writes of service teams."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.registry.codes_growth import GrowthCode
from contracts.registry.events_cases import (
    CaseResourceLinked,
    CaseResourceReleased,
    TeamMemberAssigned,
    TeamMemberReplaced,
)
from services.registry import scope
from services.registry.accounts.models import Account
from services.registry.cases import domain as cases
from services.registry.cases.models import IncubationCase
from services.registry.cases.queries import take_case
from services.registry.policies.queries import number
from services.registry.teams import domain, queries
from services.registry.teams.models import ResourceLink, TeamAssignment


def assign_team_member(
    session: Session, *, actor: Actor, now: datetime, case_id: str, role: str, account_id: str
) -> dict[str, Any]:
    """The first holder of a role."""
    case = take_open(session, actor, case_id, now)
    check_holder(session, case, role, account_id)
    history = _history(session, case.id, role)
    domain.assign(_services(history), account_id, now)
    _begin(session, case, role, account_id, now, None)
    outbox.record(
        session,
        TeamMemberAssigned(
            case_id=case.id,
            organisation_id=case.organisation_id,
            role=role,
            account_id=account_id,
            street_codes=_streets(case),
        ),
    )
    return queries.render(session, case)


def hand_over_team_role(
    session: Session, *, actor: Actor, now: datetime, case_id: str, role: str, account_id: str, reason: str
) -> dict[str, Any]:
    """Ends one and starts the next in this transaction: never a day without."""
    case = take_open(session, actor, case_id, now)
    replace_holder(session, case, role=role, account_id=account_id, at=now, reason=reason)
    return queries.render(session, case)


def replace_holder(
    session: Session,
    case: IncubationCase,
    *,
    role: str,
    account_id: str,
    at: datetime,
    reason: str,
    taking_over: str | None = None,
) -> None:
    """The hand-over itself, on a case that is locked: also what a planned one does when its time comes."""
    history = _history(session, case.id, role)
    *_, successor = domain.hand_over(_services(history), account_id, at)
    check_holder(session, case, role, account_id, taking_over=taking_over)
    leaving = next(row for row in history if row.valid_until is None)
    leaving.valid_until, leaving.reason = successor.valid_from, reason
    session.flush()  # the old row must be ended before the unique index sees the new one
    _begin(session, case, role, account_id, successor.valid_from, reason)
    outbox.record(
        session,
        TeamMemberReplaced(
            case_id=case.id,
            organisation_id=case.organisation_id,
            role=role,
            from_account_id=leaving.account_id,
            to_account_id=account_id,
            street_codes=_streets(case),
        ),
    )


def link_case_resource(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    case_id: str,
    kind: str,
    title: str,
    account_id: str | None = None,
    offer_id: str | None = None,
) -> dict[str, Any]:
    """One more of the N."""
    case = take_open(session, actor, case_id, now)
    if account_id is not None:
        account_of(session, case, account_id)
    link = ResourceLink(
        district_code=case.district_code,
        street_code=case.street_code,
        case_id=case.id,
        kind=kind,
        title=title,
        account_id=account_id,
        offer_id=offer_id,
        valid_from=now,
    )
    session.add(link)
    session.flush()
    outbox.record(
        session,
        CaseResourceLinked(
            case_id=case.id,
            link_id=link.id,
            kind=kind,
            offer_id=offer_id,
            account_id=account_id,
            street_codes=_streets(case),
        ),
    )
    return queries.render(session, case)


def release_case_resource(
    session: Session, *, actor: Actor, now: datetime, case_id: str, link_id: str
) -> dict[str, Any]:
    """It serves the case until now."""
    case = take_open(session, actor, case_id, now)
    link = session.get(ResourceLink, link_id)
    if link is None or link.case_id != case.id or link.valid_until is not None:
        raise NotFoundError(GrowthCode.RESOURCE_LINK_NOT_FOUND)
    link.valid_until = now
    outbox.record(session, CaseResourceReleased(case_id=case.id, link_id=link.id, street_codes=_streets(case)))
    return queries.render(session, case)


def take_open(session: Session, actor: Actor, case_id: str, now: datetime) -> IncubationCase:
    """A case whose team may be changed, locked."""
    case = take_case(session, actor, case_id)
    if case.status not in cases.OPEN:
        raise ConflictError(GrowthCode.CASE_STATE, status=case.status, action="staff")
    case.touched_at = now
    return case


def _history(session: Session, case_id: str, role: str) -> list[TeamAssignment]:
    return list(
        session.scalars(
            select(TeamAssignment).filter_by(case_id=case_id, role=role).order_by(TeamAssignment.valid_from)
        )
    )


def _services(rows: list[TeamAssignment]) -> list[domain.Service]:
    return [domain.Service(row.account_id, row.valid_from, row.valid_until) for row in rows]


def _begin(
    session: Session, case: IncubationCase, role: str, account_id: str, at: datetime, reason: str | None
) -> None:
    session.add(
        TeamAssignment(
            district_code=case.district_code,
            street_code=case.street_code,
            case_id=case.id,
            role=role,
            account_id=account_id,
            valid_from=at,
            reason=reason,
        )
    )


def check_holder(
    session: Session, case: IncubationCase, role: str, account_id: str, *, taking_over: str | None = None
) -> None:
    """The account may hold the role and has a place left; ``taking_over``: a plan that has its place already."""
    account = account_of(session, case, account_id)
    domain.check_holder(role, account.role, account_streets=account.street_codes, street_code=case.street_code)
    scope.hold(session, f"caseload:{account_id}")
    most = number(session, case.district_code, f"{role}_caseload")
    promised = queries.promised(session, account_id, but=taking_over)
    domain.check_caseload(queries.caseload(session, account_id) + promised, most=most)


def account_of(session: Session, case: IncubationCase, account_id: str) -> Account:
    """An active account of the case's district; its role stays what it is until the end of the transaction."""
    active = select(Account).filter_by(id=account_id, district_code=case.district_code, status="active")
    row = session.scalars(active.with_for_update(read=True)).one_or_none()
    if row is None:
        raise InvalidError(GrowthCode.TEAM_ACCOUNT_INVALID)
    return row


def _streets(case: IncubationCase) -> list[str]:
    return [case.street_code] if case.street_code else []
