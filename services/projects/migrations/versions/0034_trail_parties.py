"""The trail knows every organisation an event names as a party

Revision: 0034, after 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# What contracts/parties.py said at this revision.
FILL = """
UPDATE trail_entry SET organisation_ids = coalesce(
    (
        SELECT jsonb_agg(one.id ORDER BY one.id COLLATE "C")
        FROM (
            SELECT DISTINCT value #>> '{}' AS id FROM jsonb_each((payload::jsonb) -> 'facts')
            WHERE jsonb_typeof(value) = 'string' AND key IN (
                'organisation_id', 'provider_organisation_id', 'recipient_organisation_id',
                'host_organisation_id', 'funder_organisation_id'
            )
        ) AS one
    ),
    '[]'::jsonb
)
WHERE payload IS NOT NULL
"""
FILL_ERASED = """
UPDATE trail_entry SET organisation_ids = jsonb_build_array(organisation_id)
WHERE payload IS NULL AND organisation_id IS NOT NULL
"""


def upgrade() -> None:
    made = sa.Column(
        "organisation_ids",
        postgresql.JSONB(astext_type=sa.Text()),
        server_default=sa.text("'[]'::jsonb"),
        nullable=False,
    )
    op.add_column("trail_entry", made)
    op.execute(FILL)
    op.execute(FILL_ERASED)
    op.create_index("ix_trail_entry_parties", "trail_entry", ["organisation_ids"], unique=False, postgresql_using="gin")
    op.create_index("ix_trail_entry_actor", "trail_entry", ["district_code", "actor_account_id", "index"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_trail_entry_actor", table_name="trail_entry")
    op.drop_index("ix_trail_entry_parties", table_name="trail_entry")
    op.drop_column("trail_entry", "organisation_ids")
