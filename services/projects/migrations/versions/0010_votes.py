"""Votes: rules frozen with the round, receipts from a tree, further attempts, paper ballots

Revision: 0010_votes, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
# Of a row that was written again, the old version goes as soon as autovacuum comes by.
SECRET = ("ballot", "participation")


def upgrade() -> None:
    op.add_column("round", sa.Column("vote_rules", JSON, nullable=True))
    op.add_column("known_account", sa.Column("opened_on", sa.Date(), nullable=True))
    op.execute("UPDATE known_account SET opened_on = CURRENT_DATE")  # known today: opened today, or before
    _vote()
    op.add_column("participation", sa.Column("channel", sa.String(10), server_default="online", nullable=False))
    op.add_column("participation", sa.Column("place_code", sa.String(12), nullable=True))
    op.add_column("ballot", sa.Column("channel", sa.String(10), server_default="online", nullable=False))
    op.add_column("ballot", sa.Column("mark", sa.String(64), nullable=True))
    op.create_index("ix_ballot_round_id_id", "ballot", ["round_id", "id"], unique=False)
    op.create_index("uq_ballot_round_id_mark", "ballot", ["round_id", "mark"], unique=True)
    for table in SECRET:
        op.execute(
            f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1,"
            " toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 1)"
        )
    _paper_voter()
    _paper_batch()


def _vote() -> None:
    op.add_column("vote", sa.Column("attempt", sa.SmallInteger(), server_default="1", nullable=False))
    op.add_column("vote", sa.Column("withdrawn_ids", JSON, server_default="[]", nullable=False))
    op.add_column("vote", sa.Column("rules", JSON, nullable=True))
    op.add_column("vote", sa.Column("ballots", sa.Integer(), nullable=True))
    op.add_column("vote", sa.Column("spoilt", sa.Integer(), nullable=True))
    op.add_column("vote", sa.Column("form", sa.String(20), nullable=True))
    op.add_column("vote", sa.Column("seal", sa.String(64), nullable=True))
    op.add_column("vote", sa.Column("seal_salt", sa.String(64), nullable=True))
    op.add_column("vote", sa.Column("cancelled", JSON, server_default="[]", nullable=False))


def _paper_voter() -> None:
    op.create_table(
        "paper_voter",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("round_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("place_code", sa.String(12), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("marked_by", sa.UUID(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("district_code", sa.String(6), nullable=False),
        sa.Column("street_code", sa.String(9), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_paper_voter_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_voter")),
        sa.UniqueConstraint(
            "district_code", "round_id", "number", name=op.f("uq_paper_voter_district_code_round_id_number")
        ),
    )
    for column in ("account_id", "district_code", "round_id", "street_code"):
        op.create_index(op.f(f"ix_paper_voter_{column}"), "paper_voter", [column], unique=False)


def _paper_batch() -> None:
    op.create_table(
        "paper_batch",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("round_id", sa.UUID(), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("place_code", sa.String(12), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("first_keyer", sa.UUID(), nullable=True),
        sa.Column("second_keyer", sa.UUID(), nullable=True),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("differences", JSON, nullable=False),
        sa.Column("settlements", JSON, nullable=False),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("district_code", sa.String(6), nullable=False),
        sa.Column("street_code", sa.String(9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_paper_batch_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_batch")),
    )
    for column in ("district_code", "round_id", "street_code"):
        op.create_index(op.f(f"ix_paper_batch_{column}"), "paper_batch", [column], unique=False)
    op.create_table(
        "paper_entry",
        sa.Column("batch_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("reading", JSON, nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["paper_batch.id"], name=op.f("fk_paper_entry_batch_id_paper_batch")),
        sa.PrimaryKeyConstraint("batch_id", "number", "key", name=op.f("pk_paper_entry")),
    )


def downgrade() -> None:
    op.drop_table("paper_entry")
    op.drop_table("paper_batch")
    op.drop_table("paper_voter")
    for table in SECRET:
        op.execute(
            f"ALTER TABLE {table} RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,"
            " toast.autovacuum_vacuum_scale_factor, toast.autovacuum_vacuum_threshold)"
        )
    op.drop_index("uq_ballot_round_id_mark", table_name="ballot")
    op.drop_index("ix_ballot_round_id_id", table_name="ballot")
    for table, columns in (
        ("ballot", ("mark", "channel")),
        ("participation", ("place_code", "channel")),
        ("vote", ("cancelled", "seal_salt", "seal", "form", "spoilt", "ballots", "rules", "withdrawn_ids", "attempt")),
        ("known_account", ("opened_on",)),
        ("round", ("vote_rules",)),
    ):
        for column in columns:
            op.drop_column(table, column)
