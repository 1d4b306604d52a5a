"""Matches of a round that people turned down: solved again, the round leaves them out."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.resources.allocations.domain import RELEASED
from services.resources.allocations.models import Allocation
from services.resources.matching.domain import OWN_REASONS


def pairs(session: Session, matching_round_id: str) -> frozenset[tuple[str, str]]:
    """(offer, need) of allocations of the round that a person let go. What the round itself took off the table, or
    whose time ran out, may be proposed again; a need's or an offer's end leaves nothing to propose."""
    statement = select(Allocation.offer_id, Allocation.need_id, Allocation.steps).where(
        Allocation.matching_round_id == matching_round_id, Allocation.status == RELEASED
    )
    rows = session.execute(statement)
    return frozenset((offer, need) for offer, need, steps in rows if steps[-1]["note"] not in OWN_REASONS)
