"""Money: balanced postings, agreements, payees and payments, recoveries, debarments, budget versions

Revision: 0011, after 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis import ids

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LEDGER_RULES = (
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
PAYMENT_RULES = (
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


def upgrade() -> None:
    op.create_table(
        "money_policy",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("district_code", name=op.f("pk_money_policy")),
    )
    op.create_table(
        "payee",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("account_number", sa.Text(), nullable=False),
        sa.Column("bank", sa.String(length=100), nullable=False),
        sa.Column("bank_code", sa.String(length=12), nullable=True),
        sa.Column("registered_by", sa.UUID(), nullable=True),
        sa.Column("verified_by", sa.UUID(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee")),
    )
    op.create_index(op.f("ix_payee_district_code"), "payee", ["district_code"], unique=False)
    op.create_index(op.f("ix_payee_organisation_id"), "payee", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_payee_street_code"), "payee", ["street_code"], unique=False)
    op.create_index(
        "uq_payee_verified", "payee", ["organisation_id"], unique=True, postgresql_where=sa.text("status = 'verified'")
    )
    op.create_table(
        "payment_batch",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("form", sa.String(length=4), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("drafted_by", sa.UUID(), nullable=True),
        sa.Column("approved_by", sa.UUID(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reconciled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_batch")),
    )
    op.create_index(op.f("ix_payment_batch_district_code"), "payment_batch", ["district_code"], unique=False)
    op.create_index(op.f("ix_payment_batch_status"), "payment_batch", ["status"], unique=False)
    op.create_index(op.f("ix_payment_batch_street_code"), "payment_batch", ["street_code"], unique=False)
    op.create_table(
        "budget_version",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_budget_version_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_version")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_budget_version_project_id_number")),
    )
    op.create_index(op.f("ix_budget_version_district_code"), "budget_version", ["district_code"], unique=False)
    op.create_index(op.f("ix_budget_version_project_id"), "budget_version", ["project_id"], unique=False)
    op.create_index(op.f("ix_budget_version_street_code"), "budget_version", ["street_code"], unique=False)
    op.create_table(
        "payment_answer",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("batch_id", sa.UUID(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("imported_by", sa.UUID(), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batch.id"], name=op.f("fk_payment_answer_batch_id_payment_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_answer")),
        sa.UniqueConstraint(
            "district_code",
            "batch_id",
            "file_sha256",
            name=op.f("uq_payment_answer_district_code_batch_id_file_sha256"),
        ),
    )
    op.create_index(op.f("ix_payment_answer_batch_id"), "payment_answer", ["batch_id"], unique=False)
    op.create_index(op.f("ix_payment_answer_district_code"), "payment_answer", ["district_code"], unique=False)
    op.create_index(op.f("ix_payment_answer_street_code"), "payment_answer", ["street_code"], unique=False)
    op.create_table(
        "payment_export",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("batch_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batch.id"], name=op.f("fk_payment_export_batch_id_payment_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_export")),
    )
    op.create_index(op.f("ix_payment_export_account_id"), "payment_export", ["account_id"], unique=False)
    op.create_index(op.f("ix_payment_export_batch_id"), "payment_export", ["batch_id"], unique=False)
    op.create_index(op.f("ix_payment_export_district_code"), "payment_export", ["district_code"], unique=False)
    op.create_index(op.f("ix_payment_export_street_code"), "payment_export", ["street_code"], unique=False)
    op.create_table(
        "agreement",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("award_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.UUID(), nullable=True),
        sa.Column("proposed_by_side", sa.String(length=1), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_agreement_award_id_award")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint(
            "district_code", "award_id", "number", name=op.f("uq_agreement_district_code_award_id_number")
        ),
    )
    op.create_index(op.f("ix_agreement_award_id"), "agreement", ["award_id"], unique=False)
    op.create_index(op.f("ix_agreement_district_code"), "agreement", ["district_code"], unique=False)
    op.create_index(op.f("ix_agreement_organisation_id"), "agreement", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_agreement_street_code"), "agreement", ["street_code"], unique=False)
    op.create_index(
        "uq_agreement_in_force", "agreement", ["award_id"], unique=True, postgresql_where=sa.text("status = 'in_force'")
    )
    op.create_index(
        "uq_agreement_open",
        "agreement",
        ["award_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('proposed', 'signed_by_a', 'signed_by_b')"),
    )
    op.create_table(
        "debarment",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("award_id", sa.UUID(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("proposed_by", sa.UUID(), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.UUID(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_debarment_award_id_award")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debarment")),
    )
    op.create_index(op.f("ix_debarment_award_id"), "debarment", ["award_id"], unique=False)
    op.create_index(op.f("ix_debarment_district_code"), "debarment", ["district_code"], unique=False)
    op.create_index(op.f("ix_debarment_organisation_id"), "debarment", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_debarment_street_code"), "debarment", ["street_code"], unique=False)
    op.create_index(
        "uq_debarment_live",
        "debarment",
        ["district_code", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('proposed', 'in_force', 'appealed', 'upheld')"),
    )
    op.create_table(
        "ledger_account",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("round_id", sa.UUID(), nullable=False),
        sa.Column("award_id", sa.UUID(), nullable=True),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.CheckConstraint("balance_fen >= 0 OR kind = 'funder'", name=op.f("ck_ledger_account_never_overdrawn")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_ledger_account_award_id_award")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_ledger_account_round_id_round")),
        sa.PrimaryKeyConstraint("district_code", "account", name=op.f("pk_ledger_account")),
    )
    op.create_index(op.f("ix_ledger_account_award_id"), "ledger_account", ["award_id"], unique=False)
    op.create_index(op.f("ix_ledger_account_district_code"), "ledger_account", ["district_code"], unique=False)
    op.create_index(op.f("ix_ledger_account_round_id"), "ledger_account", ["round_id"], unique=False)
    op.create_index(op.f("ix_ledger_account_street_code"), "ledger_account", ["street_code"], unique=False)
    op.create_table(
        "recovery",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("award_id", sa.UUID(), nullable=False),
        sa.Column("round_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("recovered_fen", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("instalments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.UUID(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount_fen > 0 AND recovered_fen >= 0 AND recovered_fen <= amount_fen",
            name=op.f("ck_recovery_never_above"),
        ),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_recovery_award_id_award")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_recovery_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
        sa.UniqueConstraint("district_code", "award_id", name=op.f("uq_recovery_district_code_award_id")),
    )
    op.create_index(op.f("ix_recovery_award_id"), "recovery", ["award_id"], unique=False)
    op.create_index(op.f("ix_recovery_district_code"), "recovery", ["district_code"], unique=False)
    op.create_index(op.f("ix_recovery_organisation_id"), "recovery", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_recovery_round_id"), "recovery", ["round_id"], unique=False)
    op.create_index(op.f("ix_recovery_street_code"), "recovery", ["street_code"], unique=False)
    op.create_table(
        "agreement_signature",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("agreement_id", sa.UUID(), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("signed_hash", sa.String(length=64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_signature_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_signature")),
        sa.UniqueConstraint(
            "district_code", "agreement_id", "side", name=op.f("uq_agreement_signature_district_code_agreement_id_side")
        ),
    )
    op.create_index(op.f("ix_agreement_signature_agreement_id"), "agreement_signature", ["agreement_id"], unique=False)
    op.create_index(
        op.f("ix_agreement_signature_district_code"), "agreement_signature", ["district_code"], unique=False
    )
    op.create_index(op.f("ix_agreement_signature_street_code"), "agreement_signature", ["street_code"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("batch_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tranche_id", sa.UUID(), nullable=False),
        sa.Column("award_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("payee_id", sa.UUID(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("bank_reference", sa.String(length=80), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_payment_award_id_award")),
        sa.ForeignKeyConstraint(["batch_id"], ["payment_batch.id"], name=op.f("fk_payment_batch_id_payment_batch")),
        sa.ForeignKeyConstraint(["payee_id"], ["payee.id"], name=op.f("fk_payment_payee_id_payee")),
        sa.ForeignKeyConstraint(["tranche_id"], ["tranche.id"], name=op.f("fk_payment_tranche_id_tranche")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_payment_batch_id_number")),
        sa.UniqueConstraint("district_code", "bank_reference", name=op.f("uq_payment_district_code_bank_reference")),
    )
    op.create_index(op.f("ix_payment_award_id"), "payment", ["award_id"], unique=False)
    op.create_index(op.f("ix_payment_batch_id"), "payment", ["batch_id"], unique=False)
    op.create_index(op.f("ix_payment_district_code"), "payment", ["district_code"], unique=False)
    op.create_index(op.f("ix_payment_organisation_id"), "payment", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_payment_payee_id"), "payment", ["payee_id"], unique=False)
    op.create_index(op.f("ix_payment_street_code"), "payment", ["street_code"], unique=False)
    op.create_index(op.f("ix_payment_tranche_id"), "payment", ["tranche_id"], unique=False)
    op.create_index(
        "uq_payment_live",
        "payment",
        ["tranche_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('pending', 'paid')"),
    )
    op.create_table(
        "posting",
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.Column("account", sa.String(length=60), nullable=False),
        sa.Column("round_id", sa.UUID(), nullable=False),
        sa.Column("award_id", sa.UUID(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.CheckConstraint("amount_fen <> 0", name=op.f("ck_posting_amount")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_posting_award_id_award")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_posting_entry_id_ledger_entry")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_posting_round_id_round")),
        sa.PrimaryKeyConstraint("entry_id", "account", name=op.f("pk_posting")),
    )
    op.create_index(op.f("ix_posting_account"), "posting", ["account"], unique=False)
    op.create_index(op.f("ix_posting_award_id"), "posting", ["award_id"], unique=False)
    op.create_index(op.f("ix_posting_district_code"), "posting", ["district_code"], unique=False)
    op.create_index(op.f("ix_posting_round_id"), "posting", ["round_id"], unique=False)
    op.create_index(op.f("ix_posting_street_code"), "posting", ["street_code"], unique=False)
    for rule in (*LEDGER_RULES, *PAYMENT_RULES):
        op.execute(rule)
    _carry_over()


def _carry_over() -> None:
    """Every entry gets its postings, every released tranche its account, every project its first budget version."""
    connection = op.get_bind()
    drawn: dict[str, dict[str, int]] = {}
    free: dict[str, dict[str, int]] = {}
    for entry in connection.execute(sa.text("SELECT * FROM ledger_entry ORDER BY posted_at, id")).mappings().all():
        lines = free.setdefault(str(entry["round_id"]), {})
        mine = drawn.setdefault(str(entry["award_id"]), {})
        _post(connection, entry, _postings(entry, lines, mine))
    waiting = "SELECT t.*, a.round_id FROM tranche t JOIN award a ON a.id = t.award_id WHERE t.status = 'released'"
    for tranche in connection.execute(sa.text(waiting)).mappings().all():
        if tranche["amount_fen"]:
            _order(connection, tranche)
    connection.execute(
        sa.text(
            "INSERT INTO budget_version (id, project_id, number, lines, source, source_id, made_at, district_code,"
            " street_code) SELECT gen_random_uuid(), id, 1, budget, 'awarded', 'migration', created_at, district_code,"
            " street_code FROM project"
        )
    )
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _postings(entry: Any, lines: dict[str, int], mine: dict[str, int]) -> dict[str, int]:
    """As the product would have posted it; money drawn from the pool goes back to the lines it came from."""
    amount, kind = entry["amount_fen"], entry["kind"]
    award = entry["award_id"] and ids.encode("awd", entry["award_id"])
    if kind in ("pledged", "refunded"):
        line, sign = entry["reference"], 1 if kind == "pledged" else -1
        lines[f"pool:{line}"] = lines.get(f"pool:{line}", 0) + sign * amount
        return {f"funder:{line}": -sign * amount, f"pool:{line}": sign * amount}
    if kind == "disbursed":
        return {f"commitment:{award}": -amount, f"disbursement:{award}": amount}
    sign, weights = (-1, lines) if kind == "committed" else (1, mine)
    parts = {name: sign * part for name, part in _split(amount, weights).items()}
    for name, part in parts.items():
        lines[name] = lines.get(name, 0) + part
        mine[name] = mine.get(name, 0) - part
    other = f"disbursement:{award}" if kind == "returned" else f"commitment:{award}"
    return {**parts, other: -sign * amount}


def _split(amount: int, weights: dict[str, int]) -> dict[str, int]:
    total = sum(weights.values())
    floors = {name: amount * weight // total for name, weight in weights.items()}
    order = sorted(weights, key=lambda name: (-(amount * weights[name] % total), name))
    chosen = order[: amount - sum(floors.values())]
    parts = {name: floors[name] + (name in chosen) for name in weights}
    return {name: part for name, part in parts.items() if part}


def _post(connection: sa.Connection, entry: Any, postings: dict[str, int]) -> None:
    statement = sa.text(
        "INSERT INTO posting (entry_id, account, round_id, award_id, amount_fen, district_code, street_code)"
        " VALUES (:id, :account, :round_id, :award_id, :fen, :district_code, :street_code)"
    )
    for account, fen in sorted(postings.items()):
        connection.execute(statement, {**entry, "account": account, "fen": fen})


def _order(connection: sa.Connection, tranche: Any) -> None:
    award, one = ids.encode("awd", tranche["award_id"]), ids.encode("trn", tranche["id"])
    entry = {
        **tranche,
        "id": ids.new_uuid(),
        "debit": f"tranche:{one}",
        "credit": f"commitment:{award}",
        "reference": one,
    }
    connection.execute(
        sa.text(
            "INSERT INTO ledger_entry (id, round_id, award_id, kind, debit, credit, amount_fen, reference, posted_at,"
            " district_code, street_code) VALUES (:id, :round_id, :award_id, 'ordered', :debit, :credit, :amount_fen,"
            " :reference, :released_at, :district_code, :street_code)"
        ),
        entry,
    )
    _post(connection, entry, {entry["credit"]: -tranche["amount_fen"], entry["debit"]: tranche["amount_fen"]})


def downgrade() -> None:
    op.execute("DROP TRIGGER ledger_entry_append_only ON ledger_entry")
    op.execute("DROP TRIGGER ledger_entry_balanced ON ledger_entry")
    op.drop_index(op.f("ix_posting_street_code"), table_name="posting")
    op.drop_index(op.f("ix_posting_round_id"), table_name="posting")
    op.drop_index(op.f("ix_posting_district_code"), table_name="posting")
    op.drop_index(op.f("ix_posting_award_id"), table_name="posting")
    op.drop_index(op.f("ix_posting_account"), table_name="posting")
    op.drop_table("posting")
    op.execute(
        "DELETE FROM ledger_entry WHERE kind NOT IN"
        " ('pledged', 'committed', 'released', 'disbursed', 'returned', 'refunded')"
    )
    op.drop_index("uq_payment_live", table_name="payment", postgresql_where=sa.text("status IN ('pending', 'paid')"))
    op.drop_index(op.f("ix_payment_tranche_id"), table_name="payment")
    op.drop_index(op.f("ix_payment_street_code"), table_name="payment")
    op.drop_index(op.f("ix_payment_payee_id"), table_name="payment")
    op.drop_index(op.f("ix_payment_organisation_id"), table_name="payment")
    op.drop_index(op.f("ix_payment_district_code"), table_name="payment")
    op.drop_index(op.f("ix_payment_batch_id"), table_name="payment")
    op.drop_index(op.f("ix_payment_award_id"), table_name="payment")
    op.drop_table("payment")
    op.drop_index(op.f("ix_agreement_signature_street_code"), table_name="agreement_signature")
    op.drop_index(op.f("ix_agreement_signature_district_code"), table_name="agreement_signature")
    op.drop_index(op.f("ix_agreement_signature_agreement_id"), table_name="agreement_signature")
    op.drop_table("agreement_signature")
    op.drop_index(op.f("ix_recovery_street_code"), table_name="recovery")
    op.drop_index(op.f("ix_recovery_round_id"), table_name="recovery")
    op.drop_index(op.f("ix_recovery_organisation_id"), table_name="recovery")
    op.drop_index(op.f("ix_recovery_district_code"), table_name="recovery")
    op.drop_index(op.f("ix_recovery_award_id"), table_name="recovery")
    op.drop_table("recovery")
    op.drop_index(op.f("ix_ledger_account_street_code"), table_name="ledger_account")
    op.drop_index(op.f("ix_ledger_account_round_id"), table_name="ledger_account")
    op.drop_index(op.f("ix_ledger_account_district_code"), table_name="ledger_account")
    op.drop_index(op.f("ix_ledger_account_award_id"), table_name="ledger_account")
    op.drop_table("ledger_account")
    op.drop_index(
        "uq_debarment_live",
        table_name="debarment",
        postgresql_where=sa.text("status IN ('proposed', 'in_force', 'appealed', 'upheld')"),
    )
    op.drop_index(op.f("ix_debarment_street_code"), table_name="debarment")
    op.drop_index(op.f("ix_debarment_organisation_id"), table_name="debarment")
    op.drop_index(op.f("ix_debarment_district_code"), table_name="debarment")
    op.drop_index(op.f("ix_debarment_award_id"), table_name="debarment")
    op.drop_table("debarment")
    op.drop_index(
        "uq_agreement_open",
        table_name="agreement",
        postgresql_where=sa.text("status IN ('proposed', 'signed_by_a', 'signed_by_b')"),
    )
    op.drop_index("uq_agreement_in_force", table_name="agreement", postgresql_where=sa.text("status = 'in_force'"))
    op.drop_index(op.f("ix_agreement_street_code"), table_name="agreement")
    op.drop_index(op.f("ix_agreement_organisation_id"), table_name="agreement")
    op.drop_index(op.f("ix_agreement_district_code"), table_name="agreement")
    op.drop_index(op.f("ix_agreement_award_id"), table_name="agreement")
    op.drop_table("agreement")
    op.drop_index(op.f("ix_payment_export_street_code"), table_name="payment_export")
    op.drop_index(op.f("ix_payment_export_district_code"), table_name="payment_export")
    op.drop_index(op.f("ix_payment_export_batch_id"), table_name="payment_export")
    op.drop_index(op.f("ix_payment_export_account_id"), table_name="payment_export")
    op.drop_table("payment_export")
    op.drop_index(op.f("ix_payment_answer_street_code"), table_name="payment_answer")
    op.drop_index(op.f("ix_payment_answer_district_code"), table_name="payment_answer")
    op.drop_index(op.f("ix_payment_answer_batch_id"), table_name="payment_answer")
    op.drop_table("payment_answer")
    op.drop_index(op.f("ix_budget_version_street_code"), table_name="budget_version")
    op.drop_index(op.f("ix_budget_version_project_id"), table_name="budget_version")
    op.drop_index(op.f("ix_budget_version_district_code"), table_name="budget_version")
    op.drop_table("budget_version")
    op.drop_index(op.f("ix_payment_batch_street_code"), table_name="payment_batch")
    op.drop_index(op.f("ix_payment_batch_status"), table_name="payment_batch")
    op.drop_index(op.f("ix_payment_batch_district_code"), table_name="payment_batch")
    op.drop_table("payment_batch")
    op.drop_index("uq_payee_verified", table_name="payee", postgresql_where=sa.text("status = 'verified'"))
    op.drop_index(op.f("ix_payee_street_code"), table_name="payee")
    op.drop_index(op.f("ix_payee_organisation_id"), table_name="payee")
    op.drop_index(op.f("ix_payee_district_code"), table_name="payee")
    op.drop_table("payee")
    op.drop_table("money_policy")
    for name in (
        "keep_ledger_account",
        "check_ledger_entry",
        "refuse_change_of_ledger",
        "keep_exported_payments",
        "refuse_change_of_payment_export",
    ):
        op.execute(f"DROP FUNCTION {name}()")
