"""An award that is not taken: before its agreement is in force, either side says so, and the money is free again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from contracts.projects.events_money import AgreementWithdrawn
from services.projects.agreements import domain, drafting, queries
from services.projects.agreements.actions import take
from services.projects.awards import actions as awards
from services.projects.awards.models import Award
from services.projects.proposals import domain as proposals_domain
from services.projects.proposals.models import Proposal


def refuse_offer(
    session: Session, *, actor: Actor, now: datetime, award_id: str, reason: str, expected_version: int | None
) -> tuple[Award, Proposal, str]:
    """The award is closed as declined, its agreement withdrawn, its proposal declined; with the side that said so."""
    award, side = take(session, actor, award_id, expected_version)
    awards.close_award(session, award=award, action="decline", now=now)
    award.declined_reason = reason
    offered = queries.open_version(session, award.id)
    if offered is not None:
        offered.status = domain.next_status(offered.status, "withdraw")
        session.flush()
        drafting.tell(session, offered, AgreementWithdrawn, side=side)
    proposal = session.scalars(select(Proposal).where(Proposal.id == award.proposal_id).with_for_update()).one()
    proposal.status = proposals_domain.next_status(proposal.status, "decline")
    session.flush()
    return award, proposal, side
