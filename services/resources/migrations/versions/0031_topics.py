"""Topics of offers and needs, and the district's edits of the vocabulary; a periodic task reads the texts there are

Revision: 0031, after 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

NONE = sa.text("'{}'")
MATCHABLE = {
    "offer": sa.text("status IN ('open', 'partly_reserved')"),
    "need": sa.text("status IN ('open', 'partly_met')"),
}
FOUND_BY = {"offer": "topic_keys", "need": "topics"}


def upgrade() -> None:
    for table, found_by in FOUND_BY.items():
        for column in dict.fromkeys(("topics", found_by)):
            op.add_column(table, sa.Column(column, postgresql.ARRAY(sa.Text()), nullable=False, server_default=NONE))
        op.add_column(table, sa.Column("read_with", sa.String(length=24), nullable=False, server_default=""))
        where = MATCHABLE[table]
        op.create_index(f"ix_{table}_{found_by}", table, [found_by], postgresql_using="gin", postgresql_where=where)
        op.create_index(f"ix_{table}_newest", table, ["district_code", "kind", "id"], postgresql_where=where)
        op.create_index(f"ix_{table}_read_with", table, ["district_code", "read_with", "id"])
    _create_vocabulary()
    _create_edits()


def _create_vocabulary() -> None:
    op.create_table(
        "vocabulary",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vocabulary")),
        sa.UniqueConstraint("district_code", name=op.f("uq_vocabulary_district_code")),
    )
    op.create_index(op.f("ix_vocabulary_district_code"), "vocabulary", ["district_code"], unique=False)
    op.create_index(op.f("ix_vocabulary_street_code"), "vocabulary", ["street_code"], unique=False)


def _create_edits() -> None:
    op.create_table(
        "vocabulary_edit",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("vocabulary_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("concept", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["vocabulary_id"], ["vocabulary.id"], name=op.f("fk_vocabulary_edit_vocabulary_id_vocabulary")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vocabulary_edit")),
        sa.UniqueConstraint("district_code", "number", name=op.f("uq_vocabulary_edit_district_code_number")),
    )
    for column in ("account_id", "district_code", "street_code", "vocabulary_id"):
        op.create_index(op.f(f"ix_vocabulary_edit_{column}"), "vocabulary_edit", [column], unique=False)


def downgrade() -> None:
    op.drop_table("vocabulary_edit")
    op.drop_table("vocabulary")
    for table, found_by in FOUND_BY.items():
        for index in ("read_with", "newest", found_by):
            op.drop_index(f"ix_{table}_{index}", table_name=table)
        for column in dict.fromkeys(("read_with", found_by, "topics")):
            op.drop_column(table, column)
