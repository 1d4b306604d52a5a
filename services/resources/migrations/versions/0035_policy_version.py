"""The district's numbers for offers and needs are changed by people: a version

Revision: 0035, after 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("resources_policy", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    made = sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
    op.add_column("resources_policy", made)


def downgrade() -> None:
    op.drop_column("resources_policy", "created_at")
    op.drop_column("resources_policy", "version")
