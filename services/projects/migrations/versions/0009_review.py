"""Planning a review: sessions, absences, plans; the pitch's clock; the draw's commitment; calendars

Revision: 0009, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _tenanted(*, versioned: bool = True) -> list[sa.Column]:
    found = [
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
    ]
    if versioned:
        found += [
            sa.Column("version", sa.BigInteger(), nullable=False),
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        ]
    return found


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def upgrade() -> None:
    op.create_table(
        "roadshow_session",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("roadshow_id", sa.UUID(), nullable=False),
        sa.Column("room", sa.String(length=100), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("panel", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_tenanted(),
        sa.ForeignKeyConstraint(
            ["roadshow_id"], ["roadshow.id"], name=op.f("fk_roadshow_session_roadshow_id_roadshow")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadshow_session")),
    )
    _index("roadshow_session", "district_code", "street_code", "roadshow_id")
    op.create_table(
        "review_absence",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("round_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("room", sa.String(length=100), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        *_tenanted(),
        sa.CheckConstraint(
            "num_nonnulls(account_id, organisation_id, room) = 1", name=op.f("ck_review_absence_one_subject")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_review_absence_in_order")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_review_absence_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_absence")),
    )
    _index("review_absence", "district_code", "street_code", "round_id", "account_id", "organisation_id")
    op.create_table(
        "review_plan",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("round_id", sa.UUID(), nullable=False),
        sa.Column("roadshow_id", sa.UUID(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("panels", sa.String(length=10), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("optimal", sa.Boolean(), nullable=False),
        sa.Column("minimal", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)
            for name in ("goals", "sessions", "assignments", "findings")
        ),
        *_tenanted(),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_review_plan_round_id_round")),
        sa.ForeignKeyConstraint(["roadshow_id"], ["roadshow.id"], name=op.f("fk_review_plan_roadshow_id_roadshow")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_plan")),
    )
    _index("review_plan", "district_code", "street_code", "round_id", "roadshow_id")
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        *_tenanted(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("district_code", "token_hash", name=op.f("uq_calendar_feed_district_code_token_hash")),
    )
    _index("calendar_feed", "district_code", "street_code", "account_id")
    _roadshow_columns()
    _pitch_columns()
    op.add_column(
        "judge",
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column("judge", sa.Column("proposals_at_most", sa.Integer(), nullable=True))
    op.add_column("judge", sa.Column("sessions_at_most", sa.Integer(), nullable=True))


def _roadshow_columns() -> None:
    for name, length in (("draw_secret", 64), ("draw_commitment", 64), ("draw_source", 200), ("draw_public", 200)):
        op.add_column("roadshow", sa.Column(name, sa.String(length=length), nullable=True))
    op.add_column("roadshow", sa.Column("review_plan_id", sa.UUID(), nullable=True))


def _pitch_columns() -> None:
    op.add_column("pitch", sa.Column("session_id", sa.UUID(), nullable=True))
    op.create_index(op.f("ix_pitch_session_id"), "pitch", ["session_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_pitch_session_id_roadshow_session"), "pitch", "roadshow_session", ["session_id"], ["id"]
    )
    op.add_column("pitch", sa.Column("place_number", sa.Integer(), nullable=True))
    op.add_column("pitch", sa.Column("clock", sa.String(length=10), server_default="stopped", nullable=False))
    for name in ("phase_at", "paused_at", "calendar_at"):
        op.add_column("pitch", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in ("paused_seconds", "calendar_sequence"):
        op.add_column("pitch", sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("judge", "sessions_at_most")
    op.drop_column("judge", "proposals_at_most")
    op.drop_column("judge", "fields")
    op.drop_constraint(op.f("fk_pitch_session_id_roadshow_session"), "pitch", type_="foreignkey")
    op.drop_index(op.f("ix_pitch_session_id"), table_name="pitch")
    for name in (
        "calendar_sequence",
        "paused_seconds",
        "calendar_at",
        "paused_at",
        "phase_at",
        "clock",
        "place_number",
        "session_id",
    ):
        op.drop_column("pitch", name)
    for name in ("review_plan_id", "draw_public", "draw_source", "draw_commitment", "draw_secret"):
        op.drop_column("roadshow", name)
    for name in ("calendar_feed", "review_plan", "review_absence", "roadshow_session"):
        op.drop_table(name)
