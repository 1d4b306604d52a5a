"""Matching rounds name the file of their certificate; the market that is kept up to date, and what changed in it

Revision: 0032, after 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
_UNIQUE = "uq_market_change_district_code_noun_subject_id"


def upgrade() -> None:
    op.add_column("matching_round", sa.Column("bundle", postgresql.JSONB(), nullable=True))
    op.create_table(
        "market_change",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("noun", sa.String(10), nullable=False),
        sa.Column("subject_id", sa.String(40), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        *_scope(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_change")),
        sa.UniqueConstraint("district_code", "noun", "subject_id", name=op.f(_UNIQUE)),
    )
    op.create_table(
        "live_market",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("value", "bound")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("offers", "needs")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("matched", "wanted", "changes")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("built_at", "as_of", "created_at")),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("difference", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        *_scope(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_market")),
        sa.UniqueConstraint("district_code", name=op.f("uq_live_market_district_code")),
    )
    for table in ("market_change", "live_market"):
        for column in ("district_code", "street_code"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _scope() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("district_code", sa.String(6), nullable=False),
        sa.Column("street_code", sa.String(9), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("live_market")
    op.drop_table("market_change")
    op.drop_column("matching_round", "bundle")
