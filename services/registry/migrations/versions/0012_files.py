"""Finding rows by the files they name; grants of reads to machines

Revision: 0012, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None
# Columns that name stored files.
FILES = (
    ("centre_operator", "evidence"),
    ("incubation_case", "agreement"),
    ("policy_document_version", "evidence"),
    ("assessment_appeal", "evidence"),
    ("brand_honour", "evidence"),
    ("brand_photo", "file"),
    ("brand_photo", "consent_document"),
    ("case_document", "evidence"),
    ("designation", "evidence"),
    ("party_activity", "evidence"),
    ("seed_meeting", "evidence"),
    ("supervision_visit", "evidence"),
    ("training_session", "evidence"),
    ("assessment_score", "evidence"),
    ("finding", "evidence"),
    ("plan_stage_review", "evidence"),
)


def upgrade() -> None:
    for table, column in FILES:
        op.create_index(
            f"ix_{table}_{column}_files",
            table,
            [column],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={column: "jsonb_path_ops"},
        )
    op.create_table(
        "integration",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("acts_as", sa.String(length=20), nullable=False),
        sa.Column("street_codes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("operations", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.UUID(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_integration_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_integration_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_integration")),
    )
    for column in ("account_id", "district_code", "organisation_id", "street_code"):
        op.create_index(op.f(f"ix_integration_{column}"), "integration", [column], unique=False)
    op.create_index(
        "uq_integration_active",
        "integration",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.add_column("organisation_merge", sa.Column("merged_street_code", sa.String(length=9), nullable=True))
    op.add_column(
        "organisation_merge",
        sa.Column(
            "streets_before", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
    )


def downgrade() -> None:
    op.drop_column("organisation_merge", "streets_before")
    op.drop_column("organisation_merge", "merged_street_code")
    op.drop_table("integration")
    for table, column in reversed(FILES):
        op.drop_index(f"ix_{table}_{column}_files", table_name=table)
