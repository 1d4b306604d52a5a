"""Claiming money back, in the transaction in which a project is terminated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, outbox, timers
from contracts.projects.events_money import RecoveryClaimed
from services.projects.awards import ledger, queries
from services.projects.awards.models import Award
from services.projects.money_policy.queries import policy_of
from services.projects.recoveries import domain
from services.projects.recoveries.models import Recovery


def claim(
    session: Session,
    award: Award,
    amount_fen: int,
    *,
    plan: str,
    instalments: Sequence[Mapping[str, Any]] | None,
    now: datetime,
) -> None:
    """Nothing for zero. The caller holds the award's lock and has checked the amount."""
    if not amount_fen:
        return
    days = policy_of(session, award.district_code)["recovery_days"]
    dated = domain.plan(instalments, amount_fen=amount_fen, today=clock.day_of(now), days=days)
    row = Recovery(
        district_code=award.district_code,
        street_code=award.street_code,
        award_id=award.id,
        round_id=award.round_id,
        organisation_id=award.organisation_id,
        status="open",
        amount_fen=amount_fen,
        recovered_fen=0,
        plan=plan,
        instalments=dated,
        created_at=now,
    )
    session.add(row)
    session.flush()
    ledger.claim(session, award, amount_fen, reference=row.id, now=now)
    _remind(session, row)
    _tell(session, award, row)


def _remind(session: Session, row: Recovery) -> None:
    """A clock for each instalment."""
    for part in row.instalments:
        due = clock.end_of(date.fromisoformat(part["due_on"]))
        about = {"district_code": row.district_code, "recovery_id": row.id, "due_on": part["due_on"]}
        timers.schedule(session, "remind_recovery", due_at=due, **about)


def _tell(session: Session, award: Award, row: Recovery) -> None:
    outbox.record(
        session,
        RecoveryClaimed(
            recovery_id=row.id,
            award_id=award.id,
            organisation_id=award.organisation_id,
            amount_fen=row.amount_fen,
            street_codes=queries.streets(award),
        ),
    )
