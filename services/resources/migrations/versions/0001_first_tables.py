"""first tables

Revision: 0001, after
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('CREATE SEQUENCE "outbox_position"')
    op.create_table(
        "command_log",
        sa.Column("command_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("operation", sa.String(length=80), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("reply", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("command_id", name=op.f("pk_command_log")),
    )
    op.create_index(op.f("ix_command_log_done_at"), "command_log", ["done_at"], unique=False)
    op.create_table(
        "district_clock",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("offset_seconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("district_code", name=op.f("pk_district_clock")),
    )
    op.create_table(
        "inbox",
        sa.Column("handler", sa.String(length=120), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("handler", "event_id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_received_at"), "inbox", ["received_at"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("account_id", sa.String(length=60), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("trace_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_open", "job", ["created_at"], unique=False, postgresql_where=sa.text("status IN ('queued', 'running')")
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("nextval('outbox_position')"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("subject_version", sa.BigInteger(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "district_code", "subject", "subject_version", name=op.f("uq_outbox_district_code_subject_subject_version")
        ),
        sa.UniqueConstraint("position", name=op.f("uq_outbox_position")),
    )
    op.create_index(
        "ix_outbox_unsent", "outbox", ["position"], unique=False, postgresql_where=sa.text("sent_at IS NULL")
    )
    op.create_table(
        "parked",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("queue", sa.String(length=160), nullable=False),
        sa.Column("event_id", sa.String(length=60), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_type", sa.String(length=80), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_as", sa.String(length=12), nullable=True),
        sa.Column("settled_by", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked")),
    )
    op.create_index(op.f("ix_parked_fingerprint"), "parked", ["fingerprint"], unique=False)
    op.create_index(op.f("ix_parked_queue"), "parked", ["queue"], unique=False)
    op.create_table(
        "periodic",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_periodic")),
    )
    op.create_table(
        "subject_version",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("district_code", "subject", name=op.f("pk_subject_version")),
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
    )
    op.create_index(
        "ix_timer_due",
        "timer",
        ["district_code", "due_at"],
        unique=False,
        postgresql_where=sa.text("fired_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_table(
        "interested_party",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("provider_organisation_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interested_party")),
        sa.UniqueConstraint(
            "district_code",
            "provider_organisation_id",
            "organisation_id",
            name=op.f("uq_interested_party_district_code_provider_organisation_id_organisation_id"),
        ),
    )
    op.create_index(op.f("ix_interested_party_district_code"), "interested_party", ["district_code"], unique=False)
    op.create_index(op.f("ix_interested_party_organisation_id"), "interested_party", ["organisation_id"], unique=False)
    op.create_index(
        op.f("ix_interested_party_provider_organisation_id"),
        "interested_party",
        ["provider_organisation_id"],
        unique=False,
    )
    op.create_table(
        "known_account",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("account_streets", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("source_version", sa.BigInteger(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_account")),
    )
    op.create_index(op.f("ix_known_account_district_code"), "known_account", ["district_code"], unique=False)
    op.create_index(op.f("ix_known_account_organisation_id"), "known_account", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_known_account_street_code"), "known_account", ["street_code"], unique=False)
    op.create_table(
        "known_organisation",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("fields_of_work", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hub_id", sa.UUID(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("source_version", sa.BigInteger(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_organisation")),
    )
    op.create_index(op.f("ix_known_organisation_district_code"), "known_organisation", ["district_code"], unique=False)
    op.create_index(op.f("ix_known_organisation_hub_id"), "known_organisation", ["hub_id"], unique=False)
    op.create_index(op.f("ix_known_organisation_street_code"), "known_organisation", ["street_code"], unique=False)
    op.create_table(
        "known_project",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("fields_of_work", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("source_version", sa.BigInteger(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_project")),
    )
    op.create_index(op.f("ix_known_project_district_code"), "known_project", ["district_code"], unique=False)
    op.create_index(op.f("ix_known_project_organisation_id"), "known_project", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_known_project_street_code"), "known_project", ["street_code"], unique=False)
    op.create_table(
        "matching_round",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("offers", sa.Integer(), nullable=False),
        sa.Column("needs", sa.Integer(), nullable=False),
        sa.Column("matches", sa.Integer(), nullable=False),
        sa.Column("unmet", sa.Integer(), nullable=False),
        sa.Column("certificate", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_round")),
    )
    op.create_index(op.f("ix_matching_round_district_code"), "matching_round", ["district_code"], unique=False)
    op.create_index(op.f("ix_matching_round_street_code"), "matching_round", ["street_code"], unique=False)
    op.create_table(
        "need",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("allotted", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("skills", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tags", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fields_of_work", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "allotted >= 0 AND received >= 0 AND allotted + received <= quantity", name=op.f("ck_need_counters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need")),
    )
    op.create_index(op.f("ix_need_district_code"), "need", ["district_code"], unique=False)
    op.create_index("ix_need_matchable", "need", ["district_code", "kind", "status"], unique=False)
    op.create_index(op.f("ix_need_organisation_id"), "need", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_need_project_id"), "need", ["project_id"], unique=False)
    op.create_index(op.f("ix_need_street_code"), "need", ["street_code"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("provider_organisation_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("free", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("handed_over", sa.BigInteger(), nullable=False),
        sa.Column("retired", sa.BigInteger(), nullable=False),
        sa.Column("skills", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("windows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("tags", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("earmark", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("interested_organisation_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "free >= 0 AND reserved >= 0 AND handed_over >= 0 AND retired >= 0", name=op.f("ck_offer_counters")
        ),
        sa.CheckConstraint("quantity = free + reserved + handed_over", name=op.f("ck_offer_balance")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index(op.f("ix_offer_district_code"), "offer", ["district_code"], unique=False)
    op.create_index("ix_offer_matchable", "offer", ["district_code", "kind", "status"], unique=False)
    op.create_index(op.f("ix_offer_provider_organisation_id"), "offer", ["provider_organisation_id"], unique=False)
    op.create_index(op.f("ix_offer_street_code"), "offer", ["street_code"], unique=False)
    op.create_table(
        "pool_line",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("round_id", sa.UUID(), nullable=False),
        sa.Column("offer_id", sa.UUID(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_version", sa.BigInteger(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_line")),
    )
    op.create_index(op.f("ix_pool_line_district_code"), "pool_line", ["district_code"], unique=False)
    op.create_index(op.f("ix_pool_line_offer_id"), "pool_line", ["offer_id"], unique=False)
    op.create_index(op.f("ix_pool_line_round_id"), "pool_line", ["round_id"], unique=False)
    op.create_index(op.f("ix_pool_line_street_code"), "pool_line", ["street_code"], unique=False)
    op.create_table(
        "resources_policy",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("reservation_hours", sa.Integer(), nullable=False),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("district_code", name=op.f("pk_resources_policy")),
    )
    op.create_table(
        "allocation",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("offer_id", sa.UUID(), nullable=False),
        sa.Column("need_id", sa.UUID(), nullable=False),
        sa.Column("matching_round_id", sa.UUID(), nullable=True),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("provider_organisation_id", sa.UUID(), nullable=False),
        sa.Column("recipient_organisation_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("handed_over", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("windows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reserved_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timer_id", sa.String(length=60), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "0 <= received AND received <= handed_over AND handed_over <= quantity AND quantity > 0",
            name=op.f("ck_allocation_counters"),
        ),
        sa.ForeignKeyConstraint(
            ["matching_round_id"], ["matching_round.id"], name=op.f("fk_allocation_matching_round_id_matching_round")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_allocation_need_id_need")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_allocation_offer_id_offer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index(op.f("ix_allocation_district_code"), "allocation", ["district_code"], unique=False)
    op.create_index(op.f("ix_allocation_matching_round_id"), "allocation", ["matching_round_id"], unique=False)
    op.create_index(op.f("ix_allocation_need_id"), "allocation", ["need_id"], unique=False)
    op.create_index(op.f("ix_allocation_offer_id"), "allocation", ["offer_id"], unique=False)
    op.create_index(op.f("ix_allocation_project_id"), "allocation", ["project_id"], unique=False)
    op.create_index(
        op.f("ix_allocation_provider_organisation_id"), "allocation", ["provider_organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_allocation_recipient_organisation_id"), "allocation", ["recipient_organisation_id"], unique=False
    )
    op.create_index(op.f("ix_allocation_status"), "allocation", ["status"], unique=False)
    op.create_index(op.f("ix_allocation_street_code"), "allocation", ["street_code"], unique=False)
    op.create_table(
        "need_result",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("matching_round_id", sa.UUID(), nullable=False),
        sa.Column("need_id", sa.UUID(), nullable=False),
        sa.Column("wanted", sa.BigInteger(), nullable=False),
        sa.Column("matched", sa.BigInteger(), nullable=False),
        sa.Column("need_price", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("matches", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("alternatives", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("exclusions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["matching_round_id"], ["matching_round.id"], name=op.f("fk_need_result_matching_round_id_matching_round")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_result_need_id_need")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_result")),
        sa.UniqueConstraint(
            "district_code",
            "matching_round_id",
            "need_id",
            name=op.f("uq_need_result_district_code_matching_round_id_need_id"),
        ),
    )
    op.create_index(op.f("ix_need_result_district_code"), "need_result", ["district_code"], unique=False)
    op.create_index(op.f("ix_need_result_matching_round_id"), "need_result", ["matching_round_id"], unique=False)
    op.create_index(op.f("ix_need_result_need_id"), "need_result", ["need_id"], unique=False)
    op.create_index(op.f("ix_need_result_street_code"), "need_result", ["street_code"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_need_result_street_code"), table_name="need_result")
    op.drop_index(op.f("ix_need_result_need_id"), table_name="need_result")
    op.drop_index(op.f("ix_need_result_matching_round_id"), table_name="need_result")
    op.drop_index(op.f("ix_need_result_district_code"), table_name="need_result")
    op.drop_table("need_result")
    op.drop_index(op.f("ix_allocation_street_code"), table_name="allocation")
    op.drop_index(op.f("ix_allocation_status"), table_name="allocation")
    op.drop_index(op.f("ix_allocation_recipient_organisation_id"), table_name="allocation")
    op.drop_index(op.f("ix_allocation_provider_organisation_id"), table_name="allocation")
    op.drop_index(op.f("ix_allocation_project_id"), table_name="allocation")
    op.drop_index(op.f("ix_allocation_offer_id"), table_name="allocation")
    op.drop_index(op.f("ix_allocation_need_id"), table_name="allocation")
    op.drop_index(op.f("ix_allocation_matching_round_id"), table_name="allocation")
    op.drop_index(op.f("ix_allocation_district_code"), table_name="allocation")
    op.drop_table("allocation")
    op.drop_table("resources_policy")
    op.drop_index(op.f("ix_pool_line_street_code"), table_name="pool_line")
    op.drop_index(op.f("ix_pool_line_round_id"), table_name="pool_line")
    op.drop_index(op.f("ix_pool_line_offer_id"), table_name="pool_line")
    op.drop_index(op.f("ix_pool_line_district_code"), table_name="pool_line")
    op.drop_table("pool_line")
    op.drop_index(op.f("ix_offer_street_code"), table_name="offer")
    op.drop_index(op.f("ix_offer_provider_organisation_id"), table_name="offer")
    op.drop_index("ix_offer_matchable", table_name="offer")
    op.drop_index(op.f("ix_offer_district_code"), table_name="offer")
    op.drop_table("offer")
    op.drop_index(op.f("ix_need_street_code"), table_name="need")
    op.drop_index(op.f("ix_need_project_id"), table_name="need")
    op.drop_index(op.f("ix_need_organisation_id"), table_name="need")
    op.drop_index("ix_need_matchable", table_name="need")
    op.drop_index(op.f("ix_need_district_code"), table_name="need")
    op.drop_table("need")
    op.drop_index(op.f("ix_matching_round_street_code"), table_name="matching_round")
    op.drop_index(op.f("ix_matching_round_district_code"), table_name="matching_round")
    op.drop_table("matching_round")
    op.drop_index(op.f("ix_known_project_street_code"), table_name="known_project")
    op.drop_index(op.f("ix_known_project_organisation_id"), table_name="known_project")
    op.drop_index(op.f("ix_known_project_district_code"), table_name="known_project")
    op.drop_table("known_project")
    op.drop_index(op.f("ix_known_organisation_street_code"), table_name="known_organisation")
    op.drop_index(op.f("ix_known_organisation_hub_id"), table_name="known_organisation")
    op.drop_index(op.f("ix_known_organisation_district_code"), table_name="known_organisation")
    op.drop_table("known_organisation")
    op.drop_index(op.f("ix_known_account_street_code"), table_name="known_account")
    op.drop_index(op.f("ix_known_account_organisation_id"), table_name="known_account")
    op.drop_index(op.f("ix_known_account_district_code"), table_name="known_account")
    op.drop_table("known_account")
    op.drop_index(op.f("ix_interested_party_provider_organisation_id"), table_name="interested_party")
    op.drop_index(op.f("ix_interested_party_organisation_id"), table_name="interested_party")
    op.drop_index(op.f("ix_interested_party_district_code"), table_name="interested_party")
    op.drop_table("interested_party")
    op.drop_index(
        "ix_timer_due", table_name="timer", postgresql_where=sa.text("fired_at IS NULL AND cancelled_at IS NULL")
    )
    op.drop_table("timer")
    op.drop_table("subject_version")
    op.drop_table("periodic")
    op.drop_index(op.f("ix_parked_queue"), table_name="parked")
    op.drop_index(op.f("ix_parked_fingerprint"), table_name="parked")
    op.drop_table("parked")
    op.drop_index("ix_outbox_unsent", table_name="outbox", postgresql_where=sa.text("sent_at IS NULL"))
    op.drop_table("outbox")
    op.drop_index("ix_job_open", table_name="job", postgresql_where=sa.text("status IN ('queued', 'running')"))
    op.drop_table("job")
    op.drop_index(op.f("ix_inbox_received_at"), table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("district_clock")
    op.drop_index(op.f("ix_command_log_done_at"), table_name="command_log")
    op.drop_table("command_log")
    op.execute('DROP SEQUENCE "outbox_position"')
