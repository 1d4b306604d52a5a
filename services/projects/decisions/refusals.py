"""A winner that gives up its award, or never signs: the next reserve moves up, with a public notice of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from contracts.projects.events_decisions import AwardDeclined
from services.projects.agreements.refusing import refuse_offer
from services.projects.awards import queries as awards
from services.projects.awards import reserves
from services.projects.decisions import objections
from services.projects.rounds import queries as rounds


def decline_award(
    session: Session, *, actor: Actor, now: datetime, award_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """By the organisation, or by who awards it where it does not sign. Its money is free for the next reserve."""
    award, proposal, side = refuse_offer(
        session, actor=actor, now=now, award_id=award_id, reason=reason, expected_version=expected_version
    )
    of = rounds.hold_round(session, award.round_id)
    decision, promoted = objections.revise(session, of, proposal, now)
    outbox.record(
        session,
        AwardDeclined(
            award_id=award.id,
            proposal_id=proposal.id,
            round_id=of.id,
            organisation_id=award.organisation_id,
            title=proposal.title,
            side=side,
            promoted_proposal_id=promoted,
            result_hash=decision.result_hash,
            street_codes=awards.streets(award),
        ),
    )
    reserves.end_list(session, of)
    return awards.render(award)
