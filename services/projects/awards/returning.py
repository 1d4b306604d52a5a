"""Money that comes back: of its own, or because it was claimed. The caller holds the award's lock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.errors import ConflictError
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from services.projects.awards import ledger, queries
from services.projects.awards.models import Award
from services.projects.ledger import queries as books
from services.projects.ledger.domain import account

SOURCES = {"returned": "disbursement", "recovered": "recovery"}


def returnable_fen(session: Session, award: Award) -> int:
    """Paid out, neither returned nor claimed."""
    return books.balance(session, award.district_code, account("disbursement", award.id))


def check_new(session: Session, award: Award, bank_reference: str) -> None:
    """A bank reference of this award counts once, whatever it was for."""
    reference = f"{award.id}:{bank_reference}"
    if any(books.is_posted(session, award.district_code, kind, reference) for kind in SOURCES):
        raise ConflictError(ProjectsCode.AWARD_STATE, status="returned", action="return_unspent")


def take_back(
    session: Session, award: Award, kind: str, amount_fen: int, *, bank_reference: str, now: datetime
) -> None:
    """``returned`` or ``recovered``: to the pool's lines it came from."""
    award.returned_fen += amount_fen
    reference = f"{award.id}:{bank_reference}"
    ledger.bring_back(session, award, kind, SOURCES[kind], amount_fen, reference=reference, now=now)
    outbox.record(
        session,
        events.FundsReturned(
            award_id=award.id,
            organisation_id=award.organisation_id,
            amount_fen=amount_fen,
            street_codes=queries.streets(award),
        ),
    )
