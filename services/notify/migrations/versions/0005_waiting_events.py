"""Waiting events: which events of the outbox wait is a table of its own (docs/decisions/0011)

Revision: 0005, after 0004

What waits is moved; it takes as long as reading the outbox's index of what is unsent, and writes to the outbox wait for
that. A process of the release before still records events with one row and knows no list: for it the position's default
puts the event on the list. The default and ``outbox.sent_at`` can go in a later release.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNSENT = sa.text("sent_at IS NULL")
LISTS = """
CREATE FUNCTION outbox_position_that_waits() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    INSERT INTO outbox_waiting (position) VALUES (nextval('outbox_position')) RETURNING position
$$
"""
# What was sent since must not be sent again by a relay that reads ``sent_at``.
TELL_SENT = """
UPDATE outbox SET sent_at = coalesce(
    (SELECT batch.sent_at FROM outbox_sent AS batch WHERE batch.positions @> outbox.position), outbox.recorded_at)
WHERE sent_at IS NULL AND NOT EXISTS (SELECT FROM outbox_waiting WHERE outbox_waiting.position = outbox.position)
"""


def upgrade() -> None:
    op.create_table(
        "outbox_waiting",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_outbox_waiting")),
    )
    op.create_table(
        "outbox_sent",
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("positions", postgresql.INT8MULTIRANGE(), nullable=False),
        sa.PrimaryKeyConstraint("sent_at", "first_position", name=op.f("pk_outbox_sent")),
    )
    op.create_index("ix_outbox_sent_positions", "outbox_sent", ["positions"], unique=False, postgresql_using="gist")
    op.execute(LISTS)
    # takes the table's lock: nothing is recorded between the new default and the move
    op.execute("ALTER TABLE outbox ALTER COLUMN position SET DEFAULT outbox_position_that_waits()")
    op.execute("INSERT INTO outbox_waiting (position) SELECT position FROM outbox WHERE sent_at IS NULL")
    op.drop_index("ix_outbox_unsent", table_name="outbox", postgresql_where=UNSENT)


def downgrade() -> None:
    op.execute("ALTER TABLE outbox ALTER COLUMN position SET DEFAULT nextval('outbox_position')")
    op.execute(TELL_SENT)
    op.create_index("ix_outbox_unsent", "outbox", ["position"], unique=False, postgresql_where=UNSENT)
    op.execute("DROP FUNCTION outbox_position_that_waits()")
    op.drop_index("ix_outbox_sent_positions", table_name="outbox_sent", postgresql_using="gist")
    op.drop_table("outbox_sent")
    op.drop_table("outbox_waiting")
