"""The end of a round's money: what its pool still holds goes back to the funders, line by line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.errors import ConflictError
from contracts.projects.codes_money import MoneyCode
from contracts.projects.events_money import PoolLineRefunded
from services.projects.awards import ledger
from services.projects.recoveries.queries import open_ids
from services.projects.rounds import domain
from services.projects.rounds.models import Round


def refund_pool(session: Session, of: Round, *, now: datetime) -> None:
    """Each line gets what it still holds: awards drew on the lines pro rata and gave back to where they drew from.

    Resources hear how much of each pledge was used. The caller holds the round's lock.
    """
    waiting = open_ids(session, of.id)
    if waiting:
        raise ConflictError(MoneyCode.RECOVERIES_OPEN, recovery_ids=waiting)
    for line in of.pool_lines:
        if line.status != "reserved":
            continue
        back = ledger.refund(session, of, line, now=now)
        line.status = domain.next_line_status(line.status, "settle")
        session.flush()
        outbox.record(
            session,
            PoolLineRefunded(
                round_id=of.id,
                line_id=line.id,
                offer_id=line.offer_id,
                amount_fen=back,
                used_fen=line.amount_fen - back,
                street_codes=[of.street_code] if of.street_code else [],
            ),
        )
