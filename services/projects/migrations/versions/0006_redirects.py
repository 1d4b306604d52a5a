"""Redirects of merged organisations and streets, and finding rows by the files they name

Revision: 0006, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
# Columns that name stored files.
FILES = (
    ("service_order", "evidence"),
    ("milestone", "evidence"),
    ("project_report", "evidence"),
    ("spending", "receipts"),
)


def upgrade() -> None:
    op.create_table(
        "redirect",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=60), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("subject_version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_code", "kind", "key", name=op.f("pk_redirect")),
    )
    op.create_table(
        "redirect_move",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("table_name", sa.String(length=63), nullable=False),
        sa.Column("column_name", sa.String(length=63), nullable=False),
        sa.Column("row_key", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("became", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redirect_move")),
    )
    op.create_index(op.f("ix_redirect_move_district_code"), "redirect_move", ["district_code"], unique=False)
    op.create_index(op.f("ix_redirect_move_source"), "redirect_move", ["source"], unique=False)
    for table, column in FILES:
        op.create_index(
            f"ix_{table}_{column}_files",
            table,
            [column],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={column: "jsonb_path_ops"},
        )


def downgrade() -> None:
    for table, column in reversed(FILES):
        op.drop_index(f"ix_{table}_{column}_files", table_name=table)
    op.drop_index(op.f("ix_redirect_move_source"), table_name="redirect_move")
    op.drop_index(op.f("ix_redirect_move_district_code"), table_name="redirect_move")
    op.drop_table("redirect_move")
    op.drop_table("redirect")
