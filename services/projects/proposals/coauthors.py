"""Co-authors: accounts that an organisation invites to write with it. They write; they neither submit nor withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_rounds import RoundsCode
from contracts.projects.events_plans import CoauthorAdvanced, CoauthorInvited
from contracts.projects.proposals import WRITERS
from services.projects.known import queries as known
from services.projects.known.models import KnownAccount
from services.projects.proposals import domain, domain_work, queries, queries_work
from services.projects.proposals.actions import streets
from services.projects.proposals.models import Proposal
from services.projects.proposals.models_work import Coauthor


def invite_coauthor(
    session: Session, *, actor: Actor, now: datetime, proposal_id: str, account_id: str
) -> dict[str, Any]:
    """An account of the district that writes plans and may see the proposal's street."""
    row = _own(session, actor, proposal_id)
    account = known.account(session, account_id)
    if account is None or not _may_write(row, account) or account.id == actor.account_id:
        raise ConflictError(RoundsCode.COAUTHOR_INVALID)
    found = session.scalars(
        select(Coauthor).where(Coauthor.proposal_id == row.id, Coauthor.account_id == account.id).with_for_update()
    ).one_or_none()
    if found is None:
        found = Coauthor(
            district_code=row.district_code,
            street_code=row.street_code,
            proposal_id=row.id,
            account_id=account.id,
            status="invited",
            created_at=now,
        )
        session.add(found)
    else:
        found.status = domain_work.next_coauthor_status(found.status, "invite")
    found.invited_by = actor.account_id
    session.flush()
    outbox.record(
        session,
        CoauthorInvited(
            proposal_id=row.id,
            coauthor_id=found.id,
            account_id=account.id,
            title=row.title,
            street_codes=streets(row),
        ),
    )
    return queries_work.render_coauthor(found)


def _own(session: Session, actor: Actor, proposal_id: str) -> Proposal:
    """The organisation's own proposal while it can still be written."""
    row = queries.lock_proposal(session, proposal_id, actor)
    if not known.acts_for(session, actor, row.organisation_id):
        raise ForbiddenError(ProjectsCode.PROPOSAL_NOT_YOURS)
    if row.status not in domain.EDITABLE:
        raise ConflictError(ProjectsCode.PROPOSAL_STATE, status=row.status, action="invite_coauthor")
    return row


def _may_write(row: Proposal, account: KnownAccount) -> bool:
    here = account.street_code is None or row.street_code is None or account.street_code == row.street_code
    return account.role in WRITERS and account.district_code == row.district_code and here


def accept_coauthorship(session: Session, *, actor: Actor, coauthor_id: str) -> dict[str, Any]:
    """By whom it is meant for."""
    return _advance(session, _mine(session, actor, coauthor_id), "accept")


def decline_coauthorship(session: Session, *, actor: Actor, coauthor_id: str) -> dict[str, Any]:
    """Before or after accepting."""
    return _advance(session, _mine(session, actor, coauthor_id), "decline")


def _mine(session: Session, actor: Actor, coauthor_id: str) -> Coauthor:
    row = queries_work.find_coauthor(session, coauthor_id, actor, lock=True)
    if row.account_id != actor.account_id:
        raise ForbiddenError(RoundsCode.COAUTHOR_INVALID)
    return row


def remove_coauthor(session: Session, *, actor: Actor, coauthor_id: str) -> dict[str, Any]:
    """The organisation takes the invitation back; what was written stays."""
    row = queries_work.find_coauthor(session, coauthor_id, actor, lock=True)
    proposal = queries.find_inside(session, row.proposal_id, actor)
    if not known.acts_for(session, actor, proposal.organisation_id):
        raise ForbiddenError(ProjectsCode.PROPOSAL_NOT_YOURS)
    return _advance(session, row, "remove")


def _advance(session: Session, row: Coauthor, action: str) -> dict[str, Any]:
    row.status = domain_work.next_coauthor_status(row.status, action)
    session.flush()
    outbox.record(
        session,
        CoauthorAdvanced(
            proposal_id=row.proposal_id,
            coauthor_id=row.id,
            account_id=row.account_id,
            status=row.status,
            street_codes=[row.street_code] if row.street_code else [],
        ),
    )
    return queries_work.render_coauthor(row)
