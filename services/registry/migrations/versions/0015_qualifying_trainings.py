"""Trainings that qualify for service orders; orders whose minutes a dispute voids or that are done again

Revision: 0015, after 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

VERSIONS = ("minutes_version", "confirmed_version", "void_version", "stars_version")


def upgrade() -> None:
    op.add_column("training_session", sa.Column("qualifies_months", sa.Integer(), nullable=True))
    op.add_column(
        "training_session", sa.Column("qualifies_kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    for name in VERSIONS:
        op.add_column("known_order", sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    for name in reversed(VERSIONS):
        op.drop_column("known_order", name)
    op.drop_column("training_session", "qualifies_kinds")
    op.drop_column("training_session", "qualifies_months")
