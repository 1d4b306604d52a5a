"""Proposals, one or many at once; they hold nothing yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, ids
from contracts.resources import events
from services.resources.allocations import domain, steps
from services.resources.allocations.models import Allocation
from services.resources.needs.models import Need
from services.resources.needs.rendering import beneficiary_of
from services.resources.offers.models import Offer

AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """So much of an offer for a need, and why."""

    offer: Offer
    need: Need
    quantity: int
    terms: list[dict[str, Any]]
    windows: list[dict[str, Any]]


def propose_many(
    session: Session, asked: Sequence[Proposal], *, now: datetime, matching_round_id: str | None = None
) -> list[Allocation]:
    """In their order."""
    made = [_row(each, now, matching_round_id) for each in asked]
    session.add_all(made)
    entries = [
        steps.Entry(
            row=row,
            status=domain.PROPOSED,
            at=now,
            quantity=row.quantity,
            extra={"matching_round_id": matching_round_id},
        )
        for row in made
    ]
    steps.record_many(session, events.AllocationProposed, entries)
    return made


def drop_many(session: Session, rows: Sequence[Allocation], reason: str) -> None:
    """Proposals, locked by the caller, are off the table; they held nothing."""
    for at in range(0, len(rows), AT_ONCE):
        entries = [
            steps.Entry(
                row=row,
                status=domain.next_status(row.status, "release"),
                at=clock.now(session, row.district_code),
                quantity=row.quantity,
                note=reason,
                extra={"reason": reason},
            )
            for row in rows[at : at + AT_ONCE]
        ]
        steps.record_many(session, events.AllocationReleased, entries)


def _row(asked: Proposal, now: datetime, matching_round_id: str | None) -> Allocation:
    offer, need = asked.offer, asked.need
    return Allocation(
        id=ids.new_id("alc"),
        district_code=need.district_code,
        street_code=need.street_code,
        offer_id=offer.id,
        need_id=need.id,
        matching_round_id=matching_round_id,
        project_id=need.project_id,
        provider_organisation_id=offer.provider_organisation_id,
        recipient_organisation_id=beneficiary_of(need),
        recipient_account_id=need.requester_account_id or need.linked_account_id,
        kind=offer.kind,
        unit=offer.unit,
        quantity=asked.quantity,
        **dict.fromkeys(("handed_over", "received", "returned", "lost", "used"), 0),
        score=sum(term["points"] for term in asked.terms),
        terms=asked.terms,
        windows=asked.windows,
        report="",
        evidence=[],
        steps=[],
        created_at=now,
    )
