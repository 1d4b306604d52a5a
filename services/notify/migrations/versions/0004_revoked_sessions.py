"""Revoked sessions: tokens that are refused before they expire

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revoked_session",
        sa.Column("session_id", sa.String(length=60), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_revoked_session")),
    )
    op.create_index(op.f("ix_revoked_session_until"), "revoked_session", ["until"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_revoked_session_until"), table_name="revoked_session")
    op.drop_table("revoked_session")
