"""places over time, lists of organisations by index

Revision: 0005, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("place", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column(
        "place", sa.Column("polygon", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True)
    )
    op.create_index("ix_place_parent", "place", ["district_code", "parent_code", "code"], unique=False)
    op.create_index(
        "ix_place_successor",
        "place",
        ["district_code", "level"],
        unique=False,
        postgresql_where=sa.text("successor_code IS NOT NULL"),
    )
    op.create_index("ix_organisation_kind", "organisation", ["district_code", "kind", "id"], unique=False)
    op.create_index("ix_organisation_street", "organisation", ["district_code", "street_code", "id"], unique=False)


def downgrade() -> None:
    for name in ("ix_organisation_street", "ix_organisation_kind"):
        op.drop_index(name, table_name="organisation")
    op.drop_index("ix_place_successor", table_name="place", postgresql_where=sa.text("successor_code IS NOT NULL"))
    op.drop_index("ix_place_parent", table_name="place")
    op.drop_column("place", "polygon")
    op.drop_column("place", "reason")
