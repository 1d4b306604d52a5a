"""Posting to the ledger: append only."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from services.projects.awards import domain
from services.projects.awards.models import LedgerEntry


class Placed(Protocol):
    """What a posting needs of a round, a pool line or an award: where it belongs."""

    district_code: str
    street_code: str | None


def post(
    session: Session,
    of: Placed,
    kind: str,
    *,
    round_id: str,
    amount_fen: int,
    reference: str,
    now: datetime,
    funder: str = "",
    award_id: str | None = None,
) -> None:
    """One posting; the same reference of the same kind a second time breaks the unique key. Nothing for zero."""
    if amount_fen == 0:
        return
    debit, credit = domain.accounts(kind, funder=funder, award=award_id or "")
    session.add(
        LedgerEntry(
            district_code=of.district_code,
            street_code=of.street_code,
            round_id=round_id,
            award_id=award_id,
            kind=kind,
            debit=debit,
            credit=credit,
            amount_fen=amount_fen,
            reference=reference,
            posted_at=now,
        )
    )
    session.flush()
