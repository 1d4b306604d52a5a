"""The bank's answer: row by row, once per file and once per payment; what contradicts is refused, never undone."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from contracts.projects import events_money as events
from contracts.projects.payments import OUTCOMES, AnswerView
from services.projects.awards import actions as award_actions
from services.projects.awards import queries as awards
from services.projects.payments import actions, domain, queries, sheets
from services.projects.payments.models import Payment, PaymentAnswer, PaymentBatch


def import_payment_answer(
    session: Session, *, actor: Actor, now: datetime, batch_id: str, content: str, mode: str
) -> dict[str, Any]:
    """Judge every row; with ``apply``, settle what it settles. A file that was taken in before changes nothing."""
    batch = actions.take(session, actor, batch_id)
    raw = sheets.decode(content)
    digest = hashlib.sha256(raw).hexdigest()
    before = queries.answer_of(session, batch.id, digest)
    if before is not None:
        return queries.render_answer(before, batch, repeated=True)
    domain.next_batch_status(batch.status, "answer")
    payments = {payment.id: payment for payment in queries.payments_of(session, batch.id)}
    rows = _judged(session, batch, payments, sheets.read(raw))
    counts = {"rows": len(rows), **dict.fromkeys(OUTCOMES, 0), **Counter(row.verdict for row in rows)}
    report = [_line(row) for row in rows]
    if mode == "dry_run":
        shown = {"batch_id": batch.id, "mode": mode, "file_sha256": digest, "repeated": False, "answer_id": None}
        view: dict[str, Any] = AnswerView().dump({**shown, **counts, "report": report, "batch_status": batch.status})
        return view
    _settle(session, actor, now, batch, payments, rows)
    answer = PaymentAnswer(
        district_code=batch.district_code,
        street_code=batch.street_code,
        batch_id=batch.id,
        file_sha256=digest,
        counts=counts,
        report=report,
        imported_by=actor.account_id,
        imported_at=now,
    )
    session.add(answer)
    session.flush()
    _tell(session, batch, answer)
    _reconcile(session, batch, payments, now)
    return queries.render_answer(answer, batch, repeated=False)


def _judged(
    session: Session, batch: PaymentBatch, payments: dict[str, Payment], rows: list[domain.Row]
) -> list[domain.Row]:
    asked = {
        payment.id: domain.Asked(
            payment_id=payment.id,
            amount_fen=payment.amount_fen,
            status=payment.status,
            bank_reference=payment.bank_reference,
        )
        for payment in payments.values()
    }
    references = [row.bank_reference for row in rows if row.bank_reference]
    domain.judge(rows, asked, queries.used_references(session, batch.district_code, references))
    return rows


def _line(row: domain.Row) -> dict[str, Any]:
    known = row.payment_id if row.verdict != "refused" else None
    flaw = {"code": row.flaw.value, "zh": row.flaw.zh, "en": row.flaw.en} if row.flaw else {}
    return {
        "row": row.number,
        "payment_id": known,
        "outcome": row.verdict,
        "code": None,
        "zh": None,
        "en": None,
        **flaw,
    }


def _settle(
    session: Session,
    actor: Actor,
    now: datetime,
    batch: PaymentBatch,
    payments: dict[str, Payment],
    rows: list[domain.Row],
) -> None:
    due = [row for row in rows if row.verdict in ("paid", "failed")]
    for row in sorted(due, key=lambda one: payments[str(one.payment_id)].award_id):
        payment = payments[str(row.payment_id)]
        payment.settled_at = now
        if row.verdict == "paid":
            _pay(session, actor, now, payment, row)
        else:
            _fail(session, actor, batch, payment, row)
    session.flush()


def _pay(session: Session, actor: Actor, now: datetime, payment: Payment, row: domain.Row) -> None:
    payment.status = domain.next_payment_status(payment.status, "pay")
    payment.bank_reference = row.bank_reference
    award = awards.find_award(session, payment.award_id, actor, lock=True)
    tranche = awards.tranche_of(session, award, payment.tranche_id)
    award_actions.settle(session, award, tranche, bank_reference=row.bank_reference, now=now)


def _fail(session: Session, actor: Actor, batch: PaymentBatch, payment: Payment, row: domain.Row) -> None:
    payment.status = domain.next_payment_status(payment.status, "fail")
    payment.failure = row.reason or None
    actions.free(session, actor, payment)
    outbox.record(
        session,
        events.PaymentFailed(
            award_id=payment.award_id,
            tranche_id=payment.tranche_id,
            batch_id=batch.id,
            street_codes=[payment.street_code] if payment.street_code else [],
        ),
    )


def _reconcile(session: Session, batch: PaymentBatch, payments: dict[str, Payment], now: datetime) -> None:
    """Once every payment has its answer."""
    counted = Counter(payment.status for payment in payments.values())
    if counted["pending"]:
        return
    batch.status = domain.next_batch_status(batch.status, "reconcile")
    batch.reconciled_at = now
    actions.tell(session, batch, events.PaymentBatchReconciled, paid=counted["paid"], failed=counted["failed"])


def _tell(session: Session, batch: PaymentBatch, answer: PaymentAnswer) -> None:
    outbox.record(
        session,
        events.PaymentAnswerImported(
            batch_id=batch.id,
            answer_id=answer.id,
            file_sha256=answer.file_sha256,
            **{name: answer.counts[name] for name in ("rows", "paid", "failed", "refused")},
            street_codes=[batch.street_code] if batch.street_code else [],
        ),
    )
