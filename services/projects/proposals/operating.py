"""A street entrusted by an award (programme ← award): told to the registry once the agreement is signed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis import outbox
from contracts.projects.events_plans import StreetOperationAwarded
from services.projects.proposals.models import Proposal


def announce(session: Session, proposal: Proposal, award_id: str) -> None:
    """Only in a round for that purpose, where the plan names the street; its dates are those of the entrustment."""
    if proposal.round.purpose != "street_operation" or proposal.operates_street is None:
        return
    outbox.record(
        session,
        StreetOperationAwarded(
            award_id=award_id,
            proposal_id=proposal.id,
            round_id=proposal.round_id,
            organisation_id=proposal.organisation_id,
            title=proposal.title,
            street_code=proposal.operates_street,
            from_on=str(proposal.plan["starts_on"]),
            until_on=str(proposal.plan["ends_on"]),
            street_codes=[proposal.operates_street],
        ),
    )
