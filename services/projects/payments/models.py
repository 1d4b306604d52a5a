"""Tables of payment batches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from chassis import db
from services.projects.models import Base


class PaymentBatch(Base, db.Tenanted, db.Versioned):
    """Payments that go to the bank in one file. Once exported its payments are fixed: see :data:`RULES`."""

    __tablename__ = "payment_batch"

    id: Mapped[str] = db.key("pbt")
    status: Mapped[str] = mapped_column(String(12), index=True)
    payments: Mapped[int] = mapped_column(Integer)
    total_fen: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    form: Mapped[str | None] = mapped_column(String(4))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    drafted_by: Mapped[str | None] = db.ref("acc", index=False)
    approved_by: Mapped[str | None] = db.ref("acc", index=False)
    approved_at: Mapped[datetime | None]
    exported_at: Mapped[datetime | None]
    reconciled_at: Mapped[datetime | None]


class Payment(Base, db.Tenanted, db.Versioned):
    """A tranche on its way through the bank; the database lets it be on its way, or paid, once."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        UniqueConstraint("district_code", "bank_reference"),
        UniqueConstraint("batch_id", "number"),
        Index("uq_payment_live", "tranche_id", unique=True, postgresql_where=text("status IN ('pending', 'paid')")),
    )

    id: Mapped[str] = db.key("pmt")
    batch_id: Mapped[str] = db.ref("pbt", "payment_batch.id")
    number: Mapped[int] = mapped_column(Integer)
    tranche_id: Mapped[str] = db.ref("trn", "tranche.id")
    award_id: Mapped[str] = db.ref("awd", "award.id")
    organisation_id: Mapped[str] = db.ref("org")
    payee_id: Mapped[str] = db.ref("pye", "payee.id")
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(10))
    bank_reference: Mapped[str | None] = mapped_column(String(80))
    failure: Mapped[str | None] = mapped_column(String(200))
    settled_at: Mapped[datetime | None]


class PaymentExport(Base, db.Tenanted):
    """Who had the file with account numbers in full, when and why: append-only."""

    __tablename__ = "payment_export"

    id: Mapped[str] = db.key("pxl")
    batch_id: Mapped[str] = db.ref("pbt", "payment_batch.id")
    account_id: Mapped[str] = db.ref("acc")
    role: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class PaymentAnswer(Base, db.Tenanted):
    """A file of the bank that was taken in, with its report; the same file is taken in once."""

    __tablename__ = "payment_answer"
    __table_args__ = (UniqueConstraint("district_code", "batch_id", "file_sha256"),)

    id: Mapped[str] = db.key("pan")
    batch_id: Mapped[str] = db.ref("pbt", "payment_batch.id")
    file_sha256: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]]
    report: Mapped[list[dict[str, Any]]]
    imported_by: Mapped[str | None] = db.ref("acc", index=False)
    imported_at: Mapped[datetime]


RULES = (
    """
CREATE OR REPLACE FUNCTION keep_exported_payments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch uuid := CASE WHEN TG_OP = 'INSERT' THEN NEW.batch_id ELSE OLD.batch_id END;
    fixed boolean := EXISTS (SELECT FROM payment_batch WHERE id = batch AND status IN ('exported', 'reconciled'));
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.batch_id, NEW.tranche_id, NEW.award_id, NEW.payee_id, NEW.amount_fen)
        IS NOT DISTINCT FROM (OLD.batch_id, OLD.tranche_id, OLD.award_id, OLD.payee_id, OLD.amount_fen) THEN
        RETURN NEW;
    END IF;
    IF fixed OR TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'an exported batch is immutable' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$
""",
    """
CREATE OR REPLACE FUNCTION refuse_change_of_payment_export() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$
""",
    """
CREATE TRIGGER payment_immutable BEFORE INSERT OR UPDATE OR DELETE ON payment
FOR EACH ROW EXECUTE FUNCTION keep_exported_payments()
""",
    """
CREATE TRIGGER payment_export_append_only BEFORE UPDATE OR DELETE ON payment_export
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_payment_export()
""",
)


# The migration makes them too.
@event.listens_for(Payment.__table__, "after_create")
def _keep_payments(table: object, connection: Connection, **_: object) -> None:
    for rule in (RULES[0], RULES[2]):
        connection.execute(text(rule))


@event.listens_for(PaymentExport.__table__, "after_create")
def _keep_exports(table: object, connection: Connection, **_: object) -> None:
    for rule in (RULES[1], RULES[3]):
        connection.execute(text(rule))
