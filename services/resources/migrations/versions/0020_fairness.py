"""How far a matching round is fair to streets; rounds before this were not

Revision: 0020, after 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("matching_round", sa.Column("fairness_percent", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("matching_round", "fairness_percent", server_default=None)


def downgrade() -> None:
    op.drop_column("matching_round", "fairness_percent")
