"""Service orders: callers, clocks, hours, appointments, credentials, recurring orders

Revision: 0033, after 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

# The first requester never changes (services/projects/orders/models.py makes it too).
KEEP_REQUESTER = (
    """
CREATE OR REPLACE FUNCTION keep_first_requester() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the first requester never changes' USING ERRCODE = 'insufficient_privilege';
END
$$
""",
    """
CREATE TRIGGER service_order_first_requester BEFORE UPDATE ON service_order FOR EACH ROW
WHEN (OLD.requester_account_id IS DISTINCT FROM NEW.requester_account_id
    OR OLD.requested_by_account_id IS DISTINCT FROM NEW.requested_by_account_id
    OR OLD.caller_id IS DISTINCT FROM NEW.caller_id)
EXECUTE FUNCTION keep_first_requester()
""",
)


def upgrade() -> None:
    op.create_table(
        "credential",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("requirement", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("service_kind", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_by", sa.UUID(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
    )
    op.create_index(op.f("ix_credential_account_id"), "credential", ["account_id"], unique=False)
    op.create_index(op.f("ix_credential_district_code"), "credential", ["district_code"], unique=False)
    op.create_index(
        "ix_credential_evidence_files",
        "credential",
        ["evidence"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"evidence": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_credential_organisation_id"), "credential", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_credential_street_code"), "credential", ["street_code"], unique=False)
    op.create_table(
        "order_caller",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("linked_by", sa.UUID(), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_caller")),
        sa.UniqueConstraint(
            "district_code",
            "street_code",
            "phone_index",
            name=op.f("uq_order_caller_district_code_street_code_phone_index"),
        ),
    )
    op.create_index(op.f("ix_order_caller_account_id"), "order_caller", ["account_id"], unique=False)
    op.create_index(op.f("ix_order_caller_district_code"), "order_caller", ["district_code"], unique=False)
    op.create_index(op.f("ix_order_caller_street_code"), "order_caller", ["street_code"], unique=False)
    op.create_table(
        "order_hours",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("workday", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("restday", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("district_code", "street_code", "kind", name=op.f("pk_order_hours")),
    )
    op.create_table(
        "order_policy",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("district_code", name=op.f("pk_order_policy")),
    )
    op.create_table(
        "order_series",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("requester_account_id", sa.UUID(), nullable=False),
        sa.Column("requested_by_account_id", sa.UUID(), nullable=False),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("caller_id", sa.UUID(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("rule", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("starts_minute", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("except_on", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("holidays", sa.String(length=20), nullable=False),
        sa.Column("risky", sa.Boolean(), nullable=False),
        sa.Column("preferred_organisation_id", sa.UUID(), nullable=True),
        sa.Column("made_until", sa.Date(), nullable=True),
        sa.Column("follows_id", sa.UUID(), nullable=True),
        sa.Column("timer_id", sa.String(length=60), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["caller_id"], ["order_caller.id"], name=op.f("fk_order_series_caller_id_order_caller")
        ),
        sa.ForeignKeyConstraint(
            ["follows_id"], ["order_series.id"], name=op.f("fk_order_series_follows_id_order_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_series")),
    )
    op.create_index(op.f("ix_order_series_caller_id"), "order_series", ["caller_id"], unique=False)
    op.create_index(op.f("ix_order_series_district_code"), "order_series", ["district_code"], unique=False)
    op.create_index(op.f("ix_order_series_follows_id"), "order_series", ["follows_id"], unique=False)
    op.create_index(
        op.f("ix_order_series_preferred_organisation_id"), "order_series", ["preferred_organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_order_series_requested_by_account_id"), "order_series", ["requested_by_account_id"], unique=False
    )
    op.create_index(
        op.f("ix_order_series_requester_account_id"), "order_series", ["requester_account_id"], unique=False
    )
    op.create_index(op.f("ix_order_series_status"), "order_series", ["status"], unique=False)
    op.create_index(op.f("ix_order_series_street_code"), "order_series", ["street_code"], unique=False)
    op.create_table(
        "order_follow_up",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("order_id", sa.UUID(), nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.UUID(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["service_order.id"], name=op.f("fk_order_follow_up_order_id_service_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_follow_up")),
        sa.UniqueConstraint("district_code", "order_id", name=op.f("uq_order_follow_up_district_code_order_id")),
    )
    op.create_index(op.f("ix_order_follow_up_district_code"), "order_follow_up", ["district_code"], unique=False)
    op.create_index(op.f("ix_order_follow_up_order_id"), "order_follow_up", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_follow_up_street_code"), "order_follow_up", ["street_code"], unique=False)
    op.create_table(
        "order_series_change",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("series_id", sa.UUID(), nullable=False),
        sa.Column("occurrence_on", sa.Date(), nullable=False),
        sa.Column("skip", sa.Boolean(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=True),
        sa.Column("starts_minute", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["order_series.id"], name=op.f("fk_order_series_change_series_id_order_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_series_change")),
        sa.UniqueConstraint(
            "district_code",
            "series_id",
            "occurrence_on",
            name=op.f("uq_order_series_change_district_code_series_id_occurrence_on"),
        ),
    )
    op.create_index(op.f("ix_order_series_change_series_id"), "order_series_change", ["series_id"], unique=False)
    op.add_column("order_kind", sa.Column("clocks", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("service_order", sa.Column("caller_id", sa.UUID(), nullable=True))
    op.add_column("service_order", sa.Column("callback", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("service_order", sa.Column("proxy_account_id", sa.UUID(), nullable=True))
    op.add_column("service_order", sa.Column("proxy_relation", sa.String(length=20), nullable=True))
    op.add_column("service_order", sa.Column("confirmed_relation", sa.String(length=20), nullable=True))
    op.add_column("service_order", sa.Column("clock", sa.String(length=20), nullable=True))
    op.add_column("service_order", sa.Column("clock_serial", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("service_order", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("service_order", sa.Column("reminders", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("service_order", sa.Column("at_once", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("service_order", sa.Column("accepted_by", sa.UUID(), nullable=True))
    op.add_column(
        "service_order",
        sa.Column("accepted_facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    )
    op.add_column("service_order", sa.Column("team", sa.String(length=40), nullable=True))
    op.add_column("service_order", sa.Column("moves", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("service_order", sa.Column("move_agreed", sa.Boolean(), nullable=True))
    op.add_column("service_order", sa.Column("outside_hours_reason", sa.Text(), nullable=True))
    op.add_column("service_order", sa.Column("delivered_by", sa.UUID(), nullable=True))
    op.add_column("service_order", sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("service_order", sa.Column("rated_by", sa.UUID(), nullable=True))
    op.add_column("service_order", sa.Column("redo", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column(
        "service_order", sa.Column("hours_void", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("service_order", sa.Column("series_id", sa.UUID(), nullable=True))
    op.add_column("service_order", sa.Column("occurrence_on", sa.Date(), nullable=True))
    op.create_index(op.f("ix_service_order_caller_id"), "service_order", ["caller_id"], unique=False)
    op.create_index(
        "ix_service_order_clockless",
        "service_order",
        ["id"],
        unique=False,
        postgresql_where=sa.text("due_at IS NULL AND status NOT IN ('sealed', 'cancelled')"),
    )
    op.create_index(op.f("ix_service_order_proxy_account_id"), "service_order", ["proxy_account_id"], unique=False)
    op.create_unique_constraint(
        op.f("uq_service_order_district_code_series_id_occurrence_on"),
        "service_order",
        ["district_code", "series_id", "occurrence_on"],
    )
    op.create_foreign_key(
        op.f("fk_service_order_caller_id_order_caller"), "service_order", "order_caller", ["caller_id"], ["id"]
    )
    for rule in KEEP_REQUESTER:
        op.execute(rule)


def downgrade() -> None:
    op.execute("DROP TRIGGER service_order_first_requester ON service_order")
    op.execute("DROP FUNCTION keep_first_requester()")
    op.drop_constraint(op.f("fk_service_order_caller_id_order_caller"), "service_order", type_="foreignkey")
    op.drop_constraint(op.f("uq_service_order_district_code_series_id_occurrence_on"), "service_order", type_="unique")
    op.drop_index(op.f("ix_service_order_proxy_account_id"), table_name="service_order")
    op.drop_index(
        "ix_service_order_clockless",
        table_name="service_order",
        postgresql_where=sa.text("due_at IS NULL AND status NOT IN ('sealed', 'cancelled')"),
    )
    op.drop_index(op.f("ix_service_order_caller_id"), table_name="service_order")
    op.drop_column("service_order", "occurrence_on")
    op.drop_column("service_order", "series_id")
    op.drop_column("service_order", "hours_void")
    op.drop_column("service_order", "redo")
    op.drop_column("service_order", "rated_by")
    op.drop_column("service_order", "rated_at")
    op.drop_column("service_order", "delivered_by")
    op.drop_column("service_order", "outside_hours_reason")
    op.drop_column("service_order", "move_agreed")
    op.drop_column("service_order", "moves")
    op.drop_column("service_order", "team")
    op.drop_column("service_order", "accepted_facts")
    op.drop_column("service_order", "accepted_by")
    op.drop_column("service_order", "at_once")
    op.drop_column("service_order", "reminders")
    op.drop_column("service_order", "due_at")
    op.drop_column("service_order", "clock_serial")
    op.drop_column("service_order", "clock")
    op.drop_column("service_order", "confirmed_relation")
    op.drop_column("service_order", "proxy_relation")
    op.drop_column("service_order", "proxy_account_id")
    op.drop_column("service_order", "callback")
    op.drop_column("service_order", "caller_id")
    op.drop_column("order_kind", "clocks")
    op.drop_index(op.f("ix_order_series_change_series_id"), table_name="order_series_change")
    op.drop_table("order_series_change")
    op.drop_index(op.f("ix_order_follow_up_street_code"), table_name="order_follow_up")
    op.drop_index(op.f("ix_order_follow_up_order_id"), table_name="order_follow_up")
    op.drop_index(op.f("ix_order_follow_up_district_code"), table_name="order_follow_up")
    op.drop_table("order_follow_up")
    op.drop_index(op.f("ix_order_series_street_code"), table_name="order_series")
    op.drop_index(op.f("ix_order_series_status"), table_name="order_series")
    op.drop_index(op.f("ix_order_series_requester_account_id"), table_name="order_series")
    op.drop_index(op.f("ix_order_series_requested_by_account_id"), table_name="order_series")
    op.drop_index(op.f("ix_order_series_preferred_organisation_id"), table_name="order_series")
    op.drop_index(op.f("ix_order_series_follows_id"), table_name="order_series")
    op.drop_index(op.f("ix_order_series_district_code"), table_name="order_series")
    op.drop_index(op.f("ix_order_series_caller_id"), table_name="order_series")
    op.drop_table("order_series")
    op.drop_table("order_policy")
    op.drop_table("order_hours")
    op.drop_index(op.f("ix_order_caller_street_code"), table_name="order_caller")
    op.drop_index(op.f("ix_order_caller_district_code"), table_name="order_caller")
    op.drop_index(op.f("ix_order_caller_account_id"), table_name="order_caller")
    op.drop_table("order_caller")
    op.drop_index(op.f("ix_credential_street_code"), table_name="credential")
    op.drop_index(op.f("ix_credential_organisation_id"), table_name="credential")
    op.drop_index(
        "ix_credential_evidence_files",
        table_name="credential",
        postgresql_using="gin",
        postgresql_ops={"evidence": "jsonb_path_ops"},
    )
    op.drop_index(op.f("ix_credential_district_code"), table_name="credential")
    op.drop_index(op.f("ix_credential_account_id"), table_name="credential")
    op.drop_table("credential")
