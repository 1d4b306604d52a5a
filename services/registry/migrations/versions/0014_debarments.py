"""The mirror of debarments, which projects decides

Revision: 0014, after 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_debarment",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("sets_breach", sa.Boolean(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_debarment")),
    )
    op.create_index(op.f("ix_known_debarment_district_code"), "known_debarment", ["district_code"], unique=False)
    op.create_index(op.f("ix_known_debarment_organisation_id"), "known_debarment", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_known_debarment_street_code"), "known_debarment", ["street_code"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_known_debarment_street_code"), table_name="known_debarment")
    op.drop_index(op.f("ix_known_debarment_organisation_id"), table_name="known_debarment")
    op.drop_index(op.f("ix_known_debarment_district_code"), table_name="known_debarment")
    op.drop_table("known_debarment")
