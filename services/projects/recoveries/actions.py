"""Recoveries: money that comes in, instalments that do not, the rest that is given up by two people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from contracts.projects.events_money import (
    RecoveryOverdue,
    RecoveryReceived,
    RecoveryWriteOffProposed,
    RecoveryWriteOffRefused,
    RecoveryWrittenOff,
)
from services.projects.awards import ledger, returning
from services.projects.awards import queries as awards
from services.projects.awards.models import Award
from services.projects.recoveries import domain, queries
from services.projects.recoveries.models import Recovery


def _take(session: Session, actor: Actor, recovery_id: str, expected_version: int | None) -> tuple[Award, Recovery]:
    """The award first, then the claim."""
    seen = queries.find_recovery(session, recovery_id, actor)
    award = awards.find_award(session, seen.award_id, actor, lock=True)
    row = queries.find_recovery(session, recovery_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return award, row


def record_recovery(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    recovery_id: str,
    amount_fen: int,
    bank_reference: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Part or all of the claim; a bank reference counts once."""
    award, row = _take(session, actor, recovery_id, expected_version)
    left = row.amount_fen - row.recovered_fen
    status = domain.next_status(row.status, "recover_rest" if amount_fen == left else "recover_part")
    returning.check_new(session, award, bank_reference)
    domain.check_amount(amount_fen=amount_fen, open_fen=left)
    row.status, row.recovered_fen = status, row.recovered_fen + amount_fen
    if status == "settled":
        row.settled_at = now
    returning.take_back(session, award, "recovered", amount_fen, bank_reference=bank_reference, now=now)
    _tell(session, row, RecoveryReceived, amount_fen=amount_fen, open_fen=left - amount_fen, status=status)
    return queries.render(row)


def propose_write_off(
    session: Session, *, actor: Actor, recovery_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """One person proposes; nothing is given up yet."""
    _, row = _take(session, actor, recovery_id, expected_version)
    row.status = domain.next_status(row.status, "propose_write_off")
    row.reason, row.proposed_by = reason, actor.account_id
    _tell(session, row, RecoveryWriteOffProposed)
    return queries.render(row)


def approve_write_off(
    session: Session, *, actor: Actor, now: datetime, recovery_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Another person gives the rest up: it stays where it was paid."""
    award, row = _take(session, actor, recovery_id, expected_version)
    row.status = domain.next_status(row.status, "approve_write_off")
    domain.check_second(first=row.proposed_by, second=actor.account_id)
    left = row.amount_fen - row.recovered_fen
    row.settled_at = now
    ledger.forgive(session, award, left, reference=row.id, now=now)
    _tell(session, row, RecoveryWrittenOff, amount_fen=left)
    return queries.render(row)


def refuse_write_off(
    session: Session, *, actor: Actor, recovery_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """The claim goes on."""
    _, row = _take(session, actor, recovery_id, expected_version)
    row.status = domain.next_status(row.status, "refuse_write_off")
    row.proposed_by = None
    _tell(session, row, RecoveryWriteOffRefused)
    return queries.render(row)


def remind_recovery(session: Session, *, recovery_id: str, due_on: str) -> None:
    """An instalment's last day is over (timer): told of, where its money is not there."""
    row = session.scalars(select(Recovery).where(Recovery.id == recovery_id).with_for_update()).one()
    missing = domain.missing_fen(row.instalments, recovered_fen=row.recovered_fen, day=date.fromisoformat(due_on))
    if row.status in domain.OPEN and missing:
        _tell(session, row, RecoveryOverdue, due_on=due_on, missing_fen=missing)


def _tell(session: Session, row: Recovery, struct: type[Any], **facts: Any) -> None:
    session.flush()
    outbox.record(
        session,
        struct(
            recovery_id=row.id,
            award_id=row.award_id,
            organisation_id=row.organisation_id,
            street_codes=[row.street_code] if row.street_code else [],
            **facts,
        ),
    )
