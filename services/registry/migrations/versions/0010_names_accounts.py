"""names by one character; accounts that wait for a second person, and change their role

Revision: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_organisation_characters",
        "organisation",
        [sa.literal_column("string_to_array(name_key, NULL)")],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "account_change",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("became", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.UUID(), nullable=True),
        sa.Column("changed_by_role", sa.String(length=20), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_change_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_change")),
    )
    for column in ("account_id", "district_code", "street_code"):
        op.create_index(op.f(f"ix_account_change_{column}"), "account_change", [column], unique=False)
    op.add_column("account", sa.Column("opened_by", sa.UUID(), nullable=True))
    op.add_column("cultivation_list", sa.Column("computing_job_id", sa.String(length=60), nullable=True))


def downgrade() -> None:
    op.drop_column("cultivation_list", "computing_job_id")
    op.drop_column("account", "opened_by")
    op.drop_table("account_change")
    op.drop_index("ix_organisation_characters", table_name="organisation")
