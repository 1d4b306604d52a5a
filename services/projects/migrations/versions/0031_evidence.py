"""Evidence: photos, their uses and twins, consent; flags and the rules that raise them; invoices of spendings

Revision: 0031, after 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_policy",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("district_code", name=op.f("pk_evidence_policy")),
    )
    op.create_table(
        "flag_rules",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answer_days", sa.SmallInteger(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_rules")),
        sa.UniqueConstraint("district_code", "number", name=op.f("uq_flag_rules_district_code_number")),
    )
    op.create_table(
        "evidence_photo",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("order_id", sa.UUID(), nullable=True),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("requester_account_id", sa.UUID(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("dhash", sa.BigInteger(), nullable=True),
        sa.Column("vhash", sa.BigInteger(), nullable=True),
        sa.Column("comparable", sa.Boolean(), nullable=False),
        sa.Column("band_0", sa.Integer(), nullable=True),
        sa.Column("band_1", sa.Integer(), nullable=True),
        sa.Column("band_2", sa.Integer(), nullable=True),
        sa.Column("band_3", sa.Integer(), nullable=True),
        sa.Column("file", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("consent", sa.String(length=10), nullable=False),
        sa.Column("consent_reference", sa.String(length=100), nullable=True),
        sa.Column("consent_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(project_id, order_id) = 1", name=op.f("ck_evidence_photo_one_subject")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["service_order.id"], name=op.f("fk_evidence_photo_order_id_service_order")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_evidence_photo_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_photo")),
        sa.UniqueConstraint(
            "district_code", "subject", "sha256", name=op.f("uq_evidence_photo_district_code_subject_sha256")
        ),
    )
    op.create_index("ix_evidence_photo_band_0", "evidence_photo", ["district_code", "band_0"], unique=False)
    op.create_index("ix_evidence_photo_band_1", "evidence_photo", ["district_code", "band_1"], unique=False)
    op.create_index("ix_evidence_photo_band_2", "evidence_photo", ["district_code", "band_2"], unique=False)
    op.create_index("ix_evidence_photo_band_3", "evidence_photo", ["district_code", "band_3"], unique=False)
    op.create_index(op.f("ix_evidence_photo_district_code"), "evidence_photo", ["district_code"], unique=False)
    op.create_index(
        "ix_evidence_photo_file_files",
        "evidence_photo",
        ["file"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"file": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_evidence_photo_order_id"), "evidence_photo", ["order_id"], unique=False)
    op.create_index(op.f("ix_evidence_photo_organisation_id"), "evidence_photo", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_evidence_photo_project_id"), "evidence_photo", ["project_id"], unique=False)
    op.create_index(
        op.f("ix_evidence_photo_requester_account_id"), "evidence_photo", ["requester_account_id"], unique=False
    )
    op.create_index("ix_evidence_photo_sha256", "evidence_photo", ["district_code", "sha256"], unique=False)
    op.create_index(op.f("ix_evidence_photo_status"), "evidence_photo", ["status"], unique=False)
    op.create_index(op.f("ix_evidence_photo_street_code"), "evidence_photo", ["street_code"], unique=False)
    op.create_table(
        "flag",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("order_id", sa.UUID(), nullable=True),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("area", sa.String(length=20), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("grounds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("named", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules_number", sa.Integer(), nullable=False),
        sa.Column("answer_days", sa.SmallInteger(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(project_id, order_id) = 1", name=op.f("ck_flag_one_subject")),
        sa.ForeignKeyConstraint(["order_id"], ["service_order.id"], name=op.f("fk_flag_order_id_service_order")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_flag_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
        sa.UniqueConstraint(
            "district_code", "subject", "rule", "key", name=op.f("uq_flag_district_code_subject_rule_key")
        ),
    )
    op.create_index(op.f("ix_flag_district_code"), "flag", ["district_code"], unique=False)
    op.create_index(op.f("ix_flag_order_id"), "flag", ["order_id"], unique=False)
    op.create_index(op.f("ix_flag_organisation_id"), "flag", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_flag_project_id"), "flag", ["project_id"], unique=False)
    op.create_index("ix_flag_scope", "flag", ["district_code", "street_code", "status"], unique=False)
    op.create_index(op.f("ix_flag_street_code"), "flag", ["street_code"], unique=False)
    op.create_table(
        "activity_evidence",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("activity_id", sa.UUID(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_evidence_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_activity_evidence_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_evidence")),
    )
    op.create_index(op.f("ix_activity_evidence_activity_id"), "activity_evidence", ["activity_id"], unique=False)
    op.create_index(op.f("ix_activity_evidence_district_code"), "activity_evidence", ["district_code"], unique=False)
    op.create_index(
        "ix_activity_evidence_evidence_files",
        "activity_evidence",
        ["evidence"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"evidence": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_activity_evidence_project_id"), "activity_evidence", ["project_id"], unique=False)
    op.create_index(op.f("ix_activity_evidence_street_code"), "activity_evidence", ["street_code"], unique=False)
    op.create_table(
        "evidence_twin",
        sa.Column("photo_id", sa.UUID(), nullable=False),
        sa.Column("other_id", sa.UUID(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("same", sa.Boolean(), nullable=False),
        sa.Column("bits", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["other_id"], ["evidence_photo.id"], name=op.f("fk_evidence_twin_other_id_evidence_photo")
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["evidence_photo.id"], name=op.f("fk_evidence_twin_photo_id_evidence_photo")
        ),
        sa.PrimaryKeyConstraint("photo_id", "other_id", name=op.f("pk_evidence_twin")),
    )
    op.create_index(op.f("ix_evidence_twin_other_id"), "evidence_twin", ["other_id"], unique=False)
    op.create_table(
        "evidence_use",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("photo_id", sa.UUID(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["evidence_photo.id"], name=op.f("fk_evidence_use_photo_id_evidence_photo")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_use")),
        sa.UniqueConstraint(
            "district_code",
            "photo_id",
            "source",
            "source_id",
            name=op.f("uq_evidence_use_district_code_photo_id_source_source_id"),
        ),
    )
    op.create_index(op.f("ix_evidence_use_photo_id"), "evidence_use", ["photo_id"], unique=False)
    op.create_index("ix_evidence_use_source", "evidence_use", ["district_code", "source", "source_id"], unique=False)
    op.create_table(
        "spending_invoice",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("spending_id", sa.UUID(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=True),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["spending_id"], ["spending.id"], name=op.f("fk_spending_invoice_spending_id_spending")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spending_invoice")),
    )
    op.create_index("ix_spending_invoice_number", "spending_invoice", ["district_code", "number"], unique=False)
    op.create_index(op.f("ix_spending_invoice_spending_id"), "spending_invoice", ["spending_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_spending_invoice_spending_id"), table_name="spending_invoice")
    op.drop_index("ix_spending_invoice_number", table_name="spending_invoice")
    op.drop_table("spending_invoice")
    op.drop_index("ix_evidence_use_source", table_name="evidence_use")
    op.drop_index(op.f("ix_evidence_use_photo_id"), table_name="evidence_use")
    op.drop_table("evidence_use")
    op.drop_index(op.f("ix_evidence_twin_other_id"), table_name="evidence_twin")
    op.drop_table("evidence_twin")
    op.drop_index(op.f("ix_activity_evidence_street_code"), table_name="activity_evidence")
    op.drop_index(op.f("ix_activity_evidence_project_id"), table_name="activity_evidence")
    op.drop_index(
        "ix_activity_evidence_evidence_files",
        table_name="activity_evidence",
        postgresql_using="gin",
        postgresql_ops={"evidence": "jsonb_path_ops"},
    )
    op.drop_index(op.f("ix_activity_evidence_district_code"), table_name="activity_evidence")
    op.drop_index(op.f("ix_activity_evidence_activity_id"), table_name="activity_evidence")
    op.drop_table("activity_evidence")
    op.drop_index(op.f("ix_flag_street_code"), table_name="flag")
    op.drop_index("ix_flag_scope", table_name="flag")
    op.drop_index(op.f("ix_flag_project_id"), table_name="flag")
    op.drop_index(op.f("ix_flag_organisation_id"), table_name="flag")
    op.drop_index(op.f("ix_flag_order_id"), table_name="flag")
    op.drop_index(op.f("ix_flag_district_code"), table_name="flag")
    op.drop_table("flag")
    op.drop_index(op.f("ix_evidence_photo_street_code"), table_name="evidence_photo")
    op.drop_index(op.f("ix_evidence_photo_status"), table_name="evidence_photo")
    op.drop_index("ix_evidence_photo_sha256", table_name="evidence_photo")
    op.drop_index(op.f("ix_evidence_photo_requester_account_id"), table_name="evidence_photo")
    op.drop_index(op.f("ix_evidence_photo_project_id"), table_name="evidence_photo")
    op.drop_index(op.f("ix_evidence_photo_organisation_id"), table_name="evidence_photo")
    op.drop_index(op.f("ix_evidence_photo_order_id"), table_name="evidence_photo")
    op.drop_index(
        "ix_evidence_photo_file_files",
        table_name="evidence_photo",
        postgresql_using="gin",
        postgresql_ops={"file": "jsonb_path_ops"},
    )
    op.drop_index(op.f("ix_evidence_photo_district_code"), table_name="evidence_photo")
    op.drop_index("ix_evidence_photo_band_3", table_name="evidence_photo")
    op.drop_index("ix_evidence_photo_band_2", table_name="evidence_photo")
    op.drop_index("ix_evidence_photo_band_1", table_name="evidence_photo")
    op.drop_index("ix_evidence_photo_band_0", table_name="evidence_photo")
    op.drop_table("evidence_photo")
    op.drop_table("flag_rules")
    op.drop_table("evidence_policy")
