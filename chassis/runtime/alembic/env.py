"""The one alembic environment: chassis.runtime.migrate hands it the connection and what the models say."""

from __future__ import annotations

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    compare_type=True,
    render_item=attributes["render_item"],
    process_revision_directives=attributes["finish_revision"],
)
with context.begin_transaction():
    context.run_migrations()
