"""Which model was asked what a text without a known word speaks of, and how near its guess was

Revision: 0038, after 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None
TABLES = ("offer", "need")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("guessed_with", sa.String(40), nullable=False, server_default=""))
        op.add_column(table, sa.Column("guess_permille", sa.Integer(), nullable=True))
        where = sa.text("topics = '{}'")
        op.create_index(f"ix_{table}_unread", table, ["district_code", "id"], postgresql_where=where)


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_unread", table_name=table)
        op.drop_column(table, "guess_permille")
        op.drop_column(table, "guessed_with")
