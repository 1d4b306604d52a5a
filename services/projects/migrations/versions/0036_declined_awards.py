"""Why an award was declined before its agreement was signed

Revision: 0036, after 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("award", sa.Column("declined_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("award", "declined_reason")
