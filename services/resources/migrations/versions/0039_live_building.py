"""How far the building of the kept market is; before the first one it has no ``built_at``

Revision: 0039, after 0038
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("live_market", sa.Column("building", sa.SmallInteger(), nullable=True))
    op.alter_column("live_market", "built_at", nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM live_market WHERE built_at IS NULL")
    op.alter_column("live_market", "built_at", nullable=False)
    op.drop_column("live_market", "building")
