"""The trail: keys, witnesses, other logs' heads, self-audits

Revision: 0020, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trail_audit",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("job_id", sa.String(length=60), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=True),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=True),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_audit")),
    )
    op.create_index("ix_trail_audit_began", "trail_audit", ["district_code", "began_at"], unique=False)
    op.create_table(
        "trail_copy",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("witness", sa.String(length=300), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("district_code", "witness", name=op.f("pk_trail_copy")),
    )
    op.create_table(
        "trail_cosignature",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("seen_at", sa.String(length=40), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("district_code", "size", "witness", name=op.f("pk_trail_cosignature")),
    )
    op.create_table(
        "trail_key",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("district_code", "key_id", name=op.f("pk_trail_key")),
    )
    op.create_table(
        "trail_peer",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("log", sa.String(length=200), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_code", "log", "key_id", name=op.f("pk_trail_peer")),
    )
    op.create_table(
        "trail_seen_head",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("log", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("time", sa.String(length=40), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("algorithm", sa.String(length=20), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.String(length=40), nullable=False),
        sa.Column("cosignature", sa.Text(), nullable=True),
        sa.Column("cosigned_with", sa.String(length=64), nullable=True),
        sa.Column("forked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("district_code", "log", "size", "root", name=op.f("pk_trail_seen_head")),
    )


def downgrade() -> None:
    op.drop_table("trail_seen_head")
    op.drop_table("trail_peer")
    op.drop_table("trail_key")
    op.drop_table("trail_cosignature")
    op.drop_table("trail_copy")
    op.drop_index("ix_trail_audit_began", table_name="trail_audit")
    op.drop_table("trail_audit")
