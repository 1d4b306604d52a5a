"""Tables of the ledger. The database itself keeps the books: see :data:`RULES`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Connection, ForeignKey, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis import db
from services.projects.models import Base


class Posting(Base, db.Tenanted):
    """What one entry does to one account: above zero it gains, below it gives."""

    __tablename__ = "posting"
    __table_args__ = (CheckConstraint("amount_fen <> 0", name="amount"),)

    entry_id: Mapped[str] = mapped_column(db.TypeId("led"), ForeignKey("ledger_entry.id"), primary_key=True)
    account: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    award_id: Mapped[str | None] = db.ref("awd", "award.id")
    amount_fen: Mapped[int] = mapped_column(BigInteger)


class LedgerEntry(Base, db.Tenanted):
    """A step of the money: written once, never changed. The reference makes a second one fail.

    ``debit`` and ``credit`` say in short where money went to and came from; its postings say it exactly.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("district_code", "kind", "reference"),
        CheckConstraint("amount_fen > 0", name="amount"),
    )

    id: Mapped[str] = db.key("led")
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    award_id: Mapped[str | None] = db.ref("awd", "award.id")
    kind: Mapped[str] = mapped_column(String(20))
    debit: Mapped[str] = mapped_column(String(60))
    credit: Mapped[str] = mapped_column(String(60))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(String(160))
    posted_at: Mapped[datetime]
    postings: Mapped[list[Posting]] = relationship(lazy="selectin", order_by=Posting.account)


class LedgerAccount(Base, db.Tenanted):
    """An account's balance, kept by a trigger on posting; none but a funder's is ever below zero."""

    __tablename__ = "ledger_account"
    __table_args__ = (CheckConstraint("balance_fen >= 0 OR kind = 'funder'", name="never_overdrawn"),)

    district_code: Mapped[str] = mapped_column(String(6), primary_key=True, index=True)
    account: Mapped[str] = mapped_column(String(60), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    round_id: Mapped[str] = db.ref("rnd", "round.id")
    award_id: Mapped[str | None] = db.ref("awd", "award.id")
    balance_fen: Mapped[int] = mapped_column(BigInteger)


RULES = (
    """
CREATE OR REPLACE FUNCTION keep_ledger_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger_account SET balance_fen = balance_fen + NEW.amount_fen
    WHERE district_code = NEW.district_code AND account = NEW.account;
    IF NOT FOUND THEN
        INSERT INTO ledger_account (district_code, street_code, account, kind, round_id, award_id, balance_fen)
        VALUES (NEW.district_code, NEW.street_code, NEW.account, split_part(NEW.account, ':', 1), NEW.round_id,
            NEW.award_id, NEW.amount_fen)
        ON CONFLICT (district_code, account)
            DO UPDATE SET balance_fen = ledger_account.balance_fen + EXCLUDED.balance_fen;
    END IF;
    RETURN NULL;
END
$$
""",
    """
CREATE OR REPLACE FUNCTION check_ledger_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry uuid := CASE TG_TABLE_NAME WHEN 'posting' THEN (to_jsonb(NEW) ->> 'entry_id')::uuid
        ELSE (to_jsonb(NEW) ->> 'id')::uuid END;
    total bigint; gained bigint; said bigint;
BEGIN
    SELECT sum(amount_fen), sum(amount_fen) FILTER (WHERE amount_fen > 0) INTO total, gained
    FROM posting WHERE entry_id = entry;
    SELECT amount_fen INTO said FROM ledger_entry WHERE id = entry;
    IF total IS DISTINCT FROM 0 OR gained IS DISTINCT FROM said THEN
        RAISE EXCEPTION 'ledger entry % is not balanced', entry
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_ledger_entry_balanced';
    END IF;
    RETURN NULL;
END
$$
""",
    """
CREATE OR REPLACE FUNCTION refuse_change_of_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$
""",
    """
CREATE TRIGGER posting_keeps_account AFTER INSERT ON posting
FOR EACH ROW EXECUTE FUNCTION keep_ledger_account()
""",
    """
CREATE CONSTRAINT TRIGGER posting_balanced AFTER INSERT ON posting DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION check_ledger_entry()
""",
    """
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION check_ledger_entry()
""",
    """
CREATE TRIGGER posting_append_only BEFORE UPDATE OR DELETE ON posting
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_ledger()
""",
    """
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_ledger()
""",
)
"""Balances follow postings; at commit every entry adds up to zero and to what it says; nothing is changed after."""


# The migration makes them too.
@event.listens_for(Posting.__table__, "after_create")
def _keep_the_books(table: object, connection: Connection, **_: object) -> None:
    for rule in RULES:
        connection.execute(text(rule))
