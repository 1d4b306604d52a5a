"""Redirects: organisations that were merged, streets with a successor, and what was moved for them

Revision: 0007, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


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


def downgrade() -> None:
    op.drop_index(op.f("ix_redirect_move_source"), table_name="redirect_move")
    op.drop_index(op.f("ix_redirect_move_district_code"), table_name="redirect_move")
    op.drop_table("redirect_move")
    op.drop_table("redirect")
