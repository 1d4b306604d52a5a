"""What resources answered about a pool line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from contracts.projects import events
from contracts.resources.events import FundsRefused, FundsReserved
from services.projects.awards import ledger
from services.projects.rounds import actions, domain
from services.projects.rounds.models import PoolLine, Round


def _lock(session: Session, round_id: str, line_id: str) -> tuple[Round, PoolLine] | None:
    row = session.scalars(select(Round).where(Round.id == round_id).with_for_update(of=Round)).one_or_none()
    line = next((line for line in row.pool_lines if line.id == line_id), None) if row else None
    return (row, line) if row and line else None


def funds_reserved(session: Session, event: FundsReserved, *, now: datetime) -> None:
    """The line counts and is pledged in the ledger. Where the round was cancelled first, the release is already out."""
    found = _lock(session, event.round_id, event.line_id)
    if found is None or found[1].status != "named":
        return
    row, line = found
    line.status = domain.next_line_status(line.status, "reserve")
    row.pool_fen += line.amount_fen
    ledger.pledge(session, row, line, now=now)
    _settled(session, row, line)


def funds_refused(session: Session, event: FundsRefused) -> None:
    """The line counts for nothing; it may be named again."""
    found = _lock(session, event.round_id, event.line_id)
    if found is None or found[1].status != "named":
        return
    row, line = found
    line.status = domain.next_line_status(line.status, "refuse")
    line.reason = event.reason[:200]
    _settled(session, row, line)


def _settled(session: Session, row: Round, line: PoolLine) -> None:
    outbox.record(
        session,
        events.PoolLineSettled(
            round_id=row.id,
            line_id=line.id,
            status=line.status,
            amount_fen=line.amount_fen,
            street_codes=actions.streets(row),
        ),
    )
