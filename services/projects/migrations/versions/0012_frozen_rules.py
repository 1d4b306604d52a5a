"""The rules of a round as they were hashed, so that an audit bundle can show them later.

Rounds published before have none: their hash stays, their bundle says that it cannot be made.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("round", sa.Column("frozen_rules", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("round", "frozen_rules")
