"""Reading payment batches; account numbers stay masked but in the file for the bank."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects.codes_money import MoneyCode
from contracts.projects.payments import AnswerView, BatchView, ExportAccessView, PaymentView
from services.projects.awards.models import Award, Tranche
from services.projects.payees import domain as payee_rules
from services.projects.payees.models import Payee
from services.projects.payments.models import Payment, PaymentAnswer, PaymentBatch, PaymentExport
from services.projects.proposals.models import Proposal


def render(row: PaymentBatch) -> dict[str, Any]:
    view: dict[str, Any] = BatchView().dump(row)
    return view


def find_batch(session: Session, batch_id: str, actor: Actor, *, lock: bool = False) -> PaymentBatch:
    """One batch of the actor's streets; raises ``payment_batch_not_found``."""
    row = db.get_scoped(session, PaymentBatch, batch_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(MoneyCode.BATCH_NOT_FOUND)
    return row


def get_payment_batch(session: Session, *, actor: Actor, batch_id: str) -> dict[str, Any]:
    return render(find_batch(session, batch_id, actor))


def list_payment_batches(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = db.scoped(select(PaymentBatch), PaymentBatch, actor).filter_by(**filters)
    return db.page(session, statement, by=PaymentBatch.id, render=render, cursor=cursor, limit=limit)


def payments_of(session: Session, batch_id: str) -> list[Payment]:
    """Of a batch the caller has, in their order."""
    return list(session.scalars(select(Payment).where(Payment.batch_id == batch_id).order_by(Payment.number)))


def list_payments(
    session: Session,
    *,
    actor: Actor,
    batch_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: Any,
) -> dict[str, Any]:
    find_batch(session, batch_id, actor)
    statement = db.scoped(select(Payment), Payment, actor).where(Payment.batch_id == batch_id).filter_by(**filters)

    def shown(row: Payment) -> dict[str, Any]:
        found = {column.key: getattr(row, column.key) for column in Payment.__mapper__.column_attrs}
        number = session.get_one(Payee, row.payee_id).account_number
        masked = {"payment_id": row.id, "account_number": payee_rules.mask_account(number)}
        view: dict[str, Any] = PaymentView().dump({**found, **masked})
        return view

    return db.page(session, statement, by=Payment.id, render=shown, cursor=cursor, limit=limit)


def bank_lines(session: Session, batch_id: str) -> list[list[str]]:
    """The lines of the file for the bank, in full. Only the export asks, and it writes down who asked."""
    statement = (
        select(Payment, Payee, Tranche.number, Proposal.title)
        .join(Payee, Payee.id == Payment.payee_id)
        .join(Tranche, Tranche.id == Payment.tranche_id)
        .join(Award, Award.id == Payment.award_id)
        .join(Proposal, Proposal.id == Award.proposal_id)
        .where(Payment.batch_id == batch_id)
        .order_by(Payment.number)
    )
    return [
        [
            payment.id,
            payee.holder,
            payee.account_number,
            payee.bank,
            payee.bank_code or "",
            f"{payment.amount_fen // 100}.{payment.amount_fen % 100:02d}",
            f"{title} 第{number}期",
        ]
        for payment, payee, number, title in session.execute(statement).all()
    ]


def list_payment_exports(
    session: Session, *, actor: Actor, batch_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    find_batch(session, batch_id, actor)
    statement = db.scoped(select(PaymentExport), PaymentExport, actor).where(PaymentExport.batch_id == batch_id)
    render_one = ExportAccessView().dump
    return db.page(session, statement, by=PaymentExport.id, render=render_one, cursor=cursor, limit=limit)


def answer_of(session: Session, batch_id: str, file_sha256: str) -> PaymentAnswer | None:
    """A file of the bank that was taken in before."""
    statement = select(PaymentAnswer).where(
        PaymentAnswer.batch_id == batch_id, PaymentAnswer.file_sha256 == file_sha256
    )
    return session.scalars(statement).one_or_none()


def render_answer(row: PaymentAnswer, batch: PaymentBatch, *, repeated: bool) -> dict[str, Any]:
    shown = {
        "answer_id": row.id,
        "batch_id": row.batch_id,
        "mode": "apply",
        "file_sha256": row.file_sha256,
        "repeated": repeated,
        "report": row.report,
        "batch_status": batch.status,
        **row.counts,
    }
    view: dict[str, Any] = AnswerView().dump(shown)
    return view


def list_payment_answers(
    session: Session, *, actor: Actor, batch_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    batch = find_batch(session, batch_id, actor)
    statement = db.scoped(select(PaymentAnswer), PaymentAnswer, actor).where(PaymentAnswer.batch_id == batch_id)

    def shown(row: PaymentAnswer) -> dict[str, Any]:
        return render_answer(row, batch, repeated=False)

    return db.page(session, statement, by=PaymentAnswer.id, render=shown, cursor=cursor, limit=limit)


def used_references(session: Session, district_code: str, references: list[str]) -> dict[str, str]:
    """Which of these bank references belong to a payment already: ``{reference: payment_id}``."""
    statement = select(Payment.bank_reference, Payment.id).where(
        Payment.district_code == district_code, Payment.bank_reference.in_(references)
    )
    return {str(reference): payment for reference, payment in session.execute(statement).all()}
