"""Writing the ledger: one balanced entry at a time, and its nightly check."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from psycopg2.errors import Error as DriverError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import context, logging, outbox
from chassis.errors import ConflictError
from contracts.projects.codes_money import MoneyCode
from contracts.projects.events_money import LedgerFoundWrong
from services.projects.ledger import domain, queries
from services.projects.ledger.models import LedgerEntry, Posting
from services.projects.rounds.models import Round

log = logging.get(__name__)
_OVERDRAWN = "ck_ledger_account_never_overdrawn"
_POSTED = "uq_ledger_entry_district_code_kind_reference"


class Placed(Protocol):
    """What an entry needs of a round, a pool line or an award: where it belongs."""

    district_code: str
    street_code: str | None


def post(
    session: Session,
    of: Placed,
    kind: str,
    postings: domain.Postings,
    *,
    round_id: str,
    reference: str,
    now: datetime,
    award_id: str | None = None,
) -> LedgerEntry:
    """One entry. Conflict where an account would be overdrawn or the reference was posted before: whoever asks."""
    domain.check_balanced(postings)
    place = {"district_code": of.district_code, "street_code": of.street_code}
    place |= {"round_id": round_id, "award_id": award_id}
    entry = LedgerEntry(
        **place,
        kind=kind,
        debit=domain.side(postings, gains=True),
        credit=domain.side(postings, gains=False),
        amount_fen=domain.turnover(postings),
        reference=reference,
        posted_at=now,
        postings=[Posting(**place, account=name, amount_fen=postings[name]) for name in sorted(postings)],
    )
    session.add(entry)
    try:
        session.flush()
    except IntegrityError as error:
        raise _refusal(error, kind, reference) from error
    return entry


def _refusal(error: IntegrityError, kind: str, reference: str) -> Exception:
    broken = error.orig.diag.constraint_name if isinstance(error.orig, DriverError) else None
    if broken == _OVERDRAWN:
        return ConflictError(MoneyCode.LEDGER_OVERDRAWN, kind=kind)
    if broken == _POSTED:
        return ConflictError(MoneyCode.LEDGER_POSTED, kind=kind, reference=reference)
    return error


def check_books(session: Session) -> int:
    """The trial balance of every round of the district; each that is wrong is told of. Returns how many."""
    wrong, district = 0, context.of(session).actor.district_code
    for of in session.scalars(select(Round).where(Round.district_code == district).order_by(Round.id)):
        found = queries.trial_balance(session, of.id)
        if not found["balanced"]:
            wrong += 1
            log.error("ledger_wrong", round_id=of.id, accounts=found["wrong"])
            streets = [of.street_code] if of.street_code else []
            outbox.record(
                session, LedgerFoundWrong(round_id=of.id, accounts=list(found["wrong"]), street_codes=streets)
            )
    return wrong
