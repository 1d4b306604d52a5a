"""Decisions: what the rule itself said, what objections changed, overrides by hand

Revision: 0007, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("computed", "revisions"):
        column = sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False)
        op.add_column("decision", column)
    op.create_table(
        "decision_override",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("round_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("first_signer", sa.UUID(), nullable=True),
        sa.Column("second_signer", sa.UUID(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_decision_override_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_override")),
    )
    for name in ("district_code", "round_id", "street_code"):
        op.create_index(op.f(f"ix_decision_override_{name}"), "decision_override", [name], unique=False)


def downgrade() -> None:
    op.drop_table("decision_override")
    for name in ("revisions", "computed"):
        op.drop_column("decision", name)
