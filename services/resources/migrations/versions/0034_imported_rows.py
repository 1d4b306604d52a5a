"""Rows of sheets that became offers or needs

Revision: 0034, after 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_row",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("sheet", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("offer_id", sa.UUID(), nullable=True),
        sa.Column("need_id", sa.UUID(), nullable=True),
        sa.Column("job_id", sa.String(length=60), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(offer_id IS NULL) <> (need_id IS NULL)", name=op.f("ck_imported_row_one_of_both")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_imported_row_offer_id_offer")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_imported_row_need_id_need")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint(
            "district_code", "sheet", "digest", name=op.f("uq_imported_row_district_code_sheet_digest")
        ),
    )
    op.create_index(op.f("ix_imported_row_district_code"), "imported_row", ["district_code"], unique=False)
    op.create_index(op.f("ix_imported_row_offer_id"), "imported_row", ["offer_id"], unique=False)
    op.create_index(op.f("ix_imported_row_need_id"), "imported_row", ["need_id"], unique=False)


def downgrade() -> None:
    op.drop_table("imported_row")
