"""News from projects: awards, in whatever order they come."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.events import Envelope
from contracts.projects.events_awards import AwardClosed, ProposalAwarded
from services.registry.centres.models import KnownAward


def on_proposal_awarded(session: Session, event: ProposalAwarded, envelope: Envelope) -> None:
    """Whose award it is; that it has ended, where that was heard before, stays."""
    facts = {"organisation_id": event.organisation_id, "round_id": event.round_id}
    made = insert(KnownAward).values(id=event.award_id, district_code=envelope.district_code, ended=False, **facts)
    session.execute(made.on_conflict_do_update(index_elements=["id"], set_=facts))


def on_award_closed(session: Session, event: AwardClosed, envelope: Envelope) -> None:
    """Nobody is entrusted with a street by it any more; entrustments that stand last as agreed."""
    made = insert(KnownAward).values(id=event.award_id, district_code=envelope.district_code, ended=True)
    session.execute(made.on_conflict_do_update(index_elements=["id"], set_={"ended": True}))
