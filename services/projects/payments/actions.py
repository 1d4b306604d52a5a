"""Payment batches: drafted, approved by a second person, handed out for the bank, or cancelled."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events_money as events
from contracts.projects.codes_money import MoneyCode
from services.projects.awards import domain as award_rules
from services.projects.awards import queries as awards
from services.projects.awards.models import Award, Tranche
from services.projects.money_policy.queries import policy_of
from services.projects.payees.queries import verified_of
from services.projects.payments import domain, queries, sheets
from services.projects.payments.models import Payment, PaymentBatch, PaymentExport


def draft_payment_batch(
    session: Session, *, actor: Actor, now: datetime, tranche_ids: list[str], note: str
) -> dict[str, Any]:
    """Released tranches become a batch; until it is settled or cancelled nobody pays them otherwise."""
    domain.check_tranches(tranche_ids, at_most=policy_of(session, actor.district_code)["batch_payments"])
    pairs = _hold(session, actor, tranche_ids)
    domain.check_amounts({tranche.id: tranche.amount_fen for _, tranche in pairs})
    payees = verified_of(session, {award.organisation_id for award, _ in pairs})
    missing = sorted({award.organisation_id for award, _ in pairs} - payees.keys())
    if missing:
        raise ConflictError(MoneyCode.PAYEE_MISSING, organisation_ids=missing)
    streets = {award.street_code for award, _ in pairs}
    batch = PaymentBatch(
        district_code=actor.district_code,
        street_code=streets.pop() if len(streets) == 1 else None,
        status="drafted",
        payments=len(pairs),
        total_fen=sum(tranche.amount_fen for _, tranche in pairs),
        note=note,
        drafted_by=actor.account_id,
        created_at=now,
    )
    db.check_street(actor, batch.street_code)
    session.add(batch)
    session.flush()
    for number, (award, tranche) in enumerate(pairs, start=1):
        tranche.status = award_rules.next_tranche_status(tranche.status, "batch")
        payment = _payment(batch, award, tranche, payees[award.organisation_id], now)
        payment.number = number
        session.add(payment)
    tell(session, batch, events.PaymentBatchDrafted)
    return queries.render(batch)


def _hold(session: Session, actor: Actor, tranche_ids: list[str]) -> list[tuple[Award, Tranche]]:
    """Awards locked in one order, whoever asks, so that two batches never wait for each other."""
    found = {tranche_id: awards.find_tranche(session, tranche_id, actor)[0].id for tranche_id in tranche_ids}
    held = {
        award_id: awards.find_award(session, award_id, actor, lock=True) for award_id in sorted(set(found.values()))
    }
    for award in held.values():
        db.check_street(actor, award.street_code)
    return [(held[found[one]], awards.tranche_of(session, held[found[one]], one)) for one in tranche_ids]


def _payment(batch: PaymentBatch, award: Award, tranche: Tranche, payee_id: str, now: datetime) -> Payment:
    return Payment(
        district_code=award.district_code,
        street_code=award.street_code,
        batch_id=batch.id,
        tranche_id=tranche.id,
        award_id=award.id,
        organisation_id=award.organisation_id,
        payee_id=payee_id,
        amount_fen=tranche.amount_fen,
        status="pending",
        created_at=now,
    )


def take(session: Session, actor: Actor, batch_id: str, expected_version: int | None = None) -> PaymentBatch:
    """A batch for a step of the actor's."""
    batch = queries.find_batch(session, batch_id, actor, lock=True)
    db.check_street(actor, batch.street_code)
    db.check_version(batch, expected_version)
    return batch


def approve_payment_batch(
    session: Session, *, actor: Actor, now: datetime, batch_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """By another person than who drafted it."""
    batch = take(session, actor, batch_id, expected_version)
    batch.status = domain.next_batch_status(batch.status, "approve")
    domain.check_second(first=batch.drafted_by, second=actor.account_id)
    batch.approved_by, batch.approved_at = actor.account_id, now
    tell(session, batch, events.PaymentBatchApproved)
    return queries.render(batch)


def cancel_payment_batch(
    session: Session, *, actor: Actor, batch_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Before it is exported; its tranches are free again."""
    batch = take(session, actor, batch_id, expected_version)
    batch.status = domain.next_batch_status(batch.status, "cancel")
    batch.reason = reason
    for payment in sorted(queries.payments_of(session, batch.id), key=lambda one: one.award_id):
        payment.status = domain.next_payment_status(payment.status, "drop")
        free(session, actor, payment)
    tell(session, batch, events.PaymentBatchCancelled, reason=reason)
    return queries.render(batch)


def free(session: Session, actor: Actor, payment: Payment) -> None:
    """A payment that is not made: its tranche is released as before."""
    award = awards.find_award(session, payment.award_id, actor, lock=True)
    tranche = awards.tranche_of(session, award, payment.tranche_id)
    tranche.status = award_rules.next_tranche_status(tranche.status, "unbatch")


def export_payment_batch(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    batch_id: str,
    form: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """The file for the bank, and the entry of who had it in the same transaction: none without the other.

    A later download gives the very bytes of the first one, or nothing.
    """
    batch = take(session, actor, batch_id, expected_version)
    batch.status = domain.next_batch_status(batch.status, "export")
    first = batch.exported_at is None
    made_at = batch.exported_at or now
    lines = queries.bank_lines(session, batch.id)
    content = sheets.write(lines, form=form if first else batch.form or form, made_at=made_at)
    digest = hashlib.sha256(content).hexdigest()
    if first:
        batch.exported_at, batch.form, batch.file_sha256 = now, form, digest
    if digest != batch.file_sha256:
        raise ConflictError(MoneyCode.EXPORT_CHANGED, file_sha256=batch.file_sha256)
    _log(session, actor, batch, reason=reason, digest=digest, now=now)
    return {
        "file_name": f"payments-{batch.id[-8:]}.{batch.form}",
        "media_type": sheets.MEDIA_TYPES[str(batch.form)],
        "content": base64.b64encode(content).decode(),
        "sha256": digest,
    }


def _log(session: Session, actor: Actor, batch: PaymentBatch, *, reason: str, digest: str, now: datetime) -> None:
    """Who had the file, when and why."""
    access = PaymentExport(
        district_code=batch.district_code,
        street_code=batch.street_code,
        batch_id=batch.id,
        account_id=actor.account_id,
        role=actor.role,
        reason=reason,
        file_sha256=digest,
        at=now,
    )
    session.add(access)
    session.flush()
    tell(session, batch, events.PaymentBatchExported, access_id=access.id, file_sha256=digest)


def tell(session: Session, batch: PaymentBatch, struct: type[events.BatchFact], **facts: Any) -> None:
    """An event of a batch."""
    session.flush()
    outbox.record(
        session,
        struct(
            batch_id=batch.id,
            payments=batch.payments,
            total_fen=batch.total_fen,
            street_codes=[batch.street_code] if batch.street_code else [],
            **facts,
        ),
    )
