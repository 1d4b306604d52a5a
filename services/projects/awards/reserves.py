"""The reserve list's end: it lasts while any award may still be declined, and no longer."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from contracts.projects.events import ProposalDeclined
from services.projects.awards.models import Award
from services.projects.proposals import actions as proposal_actions
from services.projects.proposals import domain as proposals_domain
from services.projects.proposals import queries as proposals
from services.projects.proposals.models import Proposal
from services.projects.rounds import actions as rounds
from services.projects.rounds.models import Round

LIVING = ("offered", "agreed")


def decline(session: Session, proposal: Proposal) -> None:
    """Not awarded."""
    proposal.status = proposals_domain.next_status(proposal.status, "decline")
    outbox.record(session, ProposalDeclined(**proposal_actions.about(proposal), title=proposal.title))


def end_list(session: Session, of: Round) -> None:
    """Once every award is signed or declined and nobody is on notice, whoever is left in reserve is declined; where no
    award is left at all the round goes on without projects. The caller holds the round's lock."""
    session.flush()
    if proposals.of_round(session, of.id, "notice", "agreement"):
        return
    for proposal in proposals.of_round(session, of.id, "reserve", lock=True):
        decline(session, proposal)
    living = select(Award.id).where(Award.round_id == of.id, Award.status.in_(LIVING))
    declined = select(Award.id).where(Award.round_id == of.id, Award.status == "declined")
    if of.status == "awarded" and session.scalar(declined.limit(1)) and not session.scalar(living.limit(1)):
        rounds.advance(session, of, "execute")
