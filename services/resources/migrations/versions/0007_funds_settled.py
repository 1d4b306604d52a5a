"""How much of a pledge was used, once its round is archived

Revision: 0007, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pool_line", sa.Column("used_fen", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("pool_line", "used_fen")
