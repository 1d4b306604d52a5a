"""Trace ids: what one request led to is found without a scan

Revision: 0002, after 0001

Expand only. The new columns are null for what happened before. The indexes of the outbox and of messages are built
first, as only they take time (2 s for a million rows): writes to these tables wait for it, reads and the broker do not.
Not CONCURRENTLY: it would wait for the other replicas' migrate steps, which wait for this one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TRACE = sa.literal_column("(headers ->> 'cloudEvents_correlationid')")


def upgrade() -> None:
    op.create_index("ix_outbox_trace", "outbox", [TRACE], unique=False)
    op.create_index("ix_message_trace_id", "message", ["trace_id"], unique=False)
    op.add_column("command_log", sa.Column("trace_id", sa.String(length=64), nullable=True))
    op.create_index("ix_command_log_trace_id", "command_log", ["trace_id"], unique=False)
    op.add_column("job", sa.Column("causation_id", sa.String(length=60), nullable=True))
    op.create_index("ix_job_trace_id", "job", ["trace_id"], unique=False)
    op.add_column("timer", sa.Column("trace_id", sa.String(length=64), nullable=True))
    op.add_column("timer", sa.Column("causation_id", sa.String(length=60), nullable=True))
    op.create_index("ix_timer_trace_id", "timer", ["trace_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_timer_trace_id", table_name="timer")
    op.drop_column("timer", "causation_id")
    op.drop_column("timer", "trace_id")
    op.drop_index("ix_job_trace_id", table_name="job")
    op.drop_column("job", "causation_id")
    op.drop_index("ix_command_log_trace_id", table_name="command_log")
    op.drop_column("command_log", "trace_id")
    op.drop_index("ix_message_trace_id", table_name="message")
    op.drop_index("ix_outbox_trace", table_name="outbox")
