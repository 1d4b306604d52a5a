"""What a need takes in place of its own, in concepts; the periodic task reads the needs that name any again

Revision: 0036, after 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    none = sa.text("'{}'")
    op.add_column(
        "need", sa.Column("substitute_topics", postgresql.ARRAY(sa.Text()), nullable=False, server_default=none)
    )
    where = sa.text("status IN ('open', 'partly_met')")
    op.create_index(
        "ix_need_substitutes", "need", ["substitute_topics"], postgresql_using="gin", postgresql_where=where
    )
    op.execute("UPDATE need SET read_with = '' WHERE substitutes <> '[]'")


def downgrade() -> None:
    op.drop_index("ix_need_substitutes", table_name="need")
    op.drop_column("need", "substitute_topics")
