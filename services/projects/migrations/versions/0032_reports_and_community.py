"""Delivery: report plans, evaluations by a panel, changes of plans, early ends, community projects

Revision: 0032, after 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "community_interest",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("community_project_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("signed_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "district_code", "community_project_id", "account_id", name=op.f("pk_community_interest")
        ),
    )
    op.create_index(op.f("ix_community_interest_account_id"), "community_interest", ["account_id"], unique=False)
    op.create_table(
        "community_project",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("host_organisation_id", sa.UUID(), nullable=True),
        sa.Column("drafted_by", sa.UUID(), nullable=False),
        sa.Column("budget_fen", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("planned_fen", sa.BigInteger(), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "planned_fen >= 0 AND planned_fen <= budget_fen", name=op.f("ck_community_project_planned_within")
        ),
        sa.CheckConstraint(
            "spent_fen >= 0 AND spent_fen <= budget_fen", name=op.f("ck_community_project_spent_within")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_project")),
    )
    op.create_index(op.f("ix_community_project_district_code"), "community_project", ["district_code"], unique=False)
    op.create_index(
        op.f("ix_community_project_host_organisation_id"), "community_project", ["host_organisation_id"], unique=False
    )
    op.create_index(op.f("ix_community_project_status"), "community_project", ["status"], unique=False)
    op.create_index(op.f("ix_community_project_street_code"), "community_project", ["street_code"], unique=False)
    op.create_table(
        "delivery_policy",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("district_code", name=op.f("pk_delivery_policy")),
    )
    op.create_table(
        "evaluation_rubric",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_rubric")),
        sa.UniqueConstraint(
            "district_code", "kind", "number", name=op.f("uq_evaluation_rubric_district_code_kind_number")
        ),
    )
    op.create_table(
        "report_policy",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("district_code", "scope", name=op.f("pk_report_policy")),
    )
    op.create_table(
        "community_session",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("community_project_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("needs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("budget_fen", sa.BigInteger(), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "spent_fen >= 0 AND spent_fen <= budget_fen", name=op.f("ck_community_session_spent_within")
        ),
        sa.ForeignKeyConstraint(
            ["community_project_id"],
            ["community_project.id"],
            name=op.f("fk_community_session_community_project_id_community_project"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_session")),
        sa.UniqueConstraint(
            "community_project_id", "number", name=op.f("uq_community_session_community_project_id_number")
        ),
    )
    op.create_index(
        op.f("ix_community_session_community_project_id"), "community_session", ["community_project_id"], unique=False
    )
    op.create_index(op.f("ix_community_session_district_code"), "community_session", ["district_code"], unique=False)
    op.create_index(
        "ix_community_session_evidence_files",
        "community_session",
        ["evidence"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"evidence": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_community_session_street_code"), "community_session", ["street_code"], unique=False)
    op.create_table(
        "evaluation_run",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("rubric", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=True),
        sa.Column("grade", sa.String(length=1), nullable=True),
        sa.Column("appeals", sa.SmallInteger(), nullable=False),
        sa.Column("appeal_until_on", sa.Date(), nullable=True),
        sa.Column("organisation_comment", sa.Text(), nullable=True),
        sa.Column("appeal_grounds", sa.Text(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_evaluation_run_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_run")),
    )
    op.create_index(op.f("ix_evaluation_run_district_code"), "evaluation_run", ["district_code"], unique=False)
    op.create_index(op.f("ix_evaluation_run_organisation_id"), "evaluation_run", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_evaluation_run_project_id"), "evaluation_run", ["project_id"], unique=False)
    op.create_index(op.f("ix_evaluation_run_status"), "evaluation_run", ["status"], unique=False)
    op.create_index(op.f("ix_evaluation_run_street_code"), "evaluation_run", ["street_code"], unique=False)
    op.create_index(
        "ux_evaluation_run_kind",
        "evaluation_run",
        ["district_code", "project_id", "kind"],
        unique=True,
        postgresql_where=sa.text("status <> 'cancelled'"),
    )
    op.create_table(
        "project_change",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("decider", sa.String(length=6), nullable=False),
        sa.Column("plan_number", sa.SmallInteger(), nullable=False),
        sa.Column("changed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_change_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_change")),
    )
    op.create_index(op.f("ix_project_change_district_code"), "project_change", ["district_code"], unique=False)
    op.create_index(op.f("ix_project_change_organisation_id"), "project_change", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_project_change_project_id"), "project_change", ["project_id"], unique=False)
    op.create_index(op.f("ix_project_change_status"), "project_change", ["status"], unique=False)
    op.create_index(op.f("ix_project_change_street_code"), "project_change", ["street_code"], unique=False)
    op.create_table(
        "report_plan",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_report_plan_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_plan")),
        sa.UniqueConstraint("district_code", "project_id", name=op.f("uq_report_plan_district_code_project_id")),
    )
    op.create_index(op.f("ix_report_plan_district_code"), "report_plan", ["district_code"], unique=False)
    op.create_index(op.f("ix_report_plan_project_id"), "report_plan", ["project_id"], unique=False)
    op.create_index(op.f("ix_report_plan_street_code"), "report_plan", ["street_code"], unique=False)
    op.create_table(
        "termination",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hear_until_on", sa.Date(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("settlement", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_termination_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_termination")),
    )
    op.create_index(op.f("ix_termination_district_code"), "termination", ["district_code"], unique=False)
    op.create_index(op.f("ix_termination_organisation_id"), "termination", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_termination_project_id"), "termination", ["project_id"], unique=False)
    op.create_index(op.f("ix_termination_status"), "termination", ["status"], unique=False)
    op.create_index(op.f("ix_termination_street_code"), "termination", ["street_code"], unique=False)
    op.create_index(
        "ux_termination_open",
        "termination",
        ["district_code", "project_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('proposed', 'answered')"),
    )
    op.create_table(
        "community_spending",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("community_project_id", sa.UUID(), nullable=False),
        sa.Column("community_session_id", sa.UUID(), nullable=False),
        sa.Column("line", sa.String(length=60), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("receipts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_project_id"],
            ["community_project.id"],
            name=op.f("fk_community_spending_community_project_id_community_project"),
        ),
        sa.ForeignKeyConstraint(
            ["community_session_id"],
            ["community_session.id"],
            name=op.f("fk_community_spending_community_session_id_community_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_spending")),
    )
    op.create_index(
        op.f("ix_community_spending_community_project_id"), "community_spending", ["community_project_id"], unique=False
    )
    op.create_index(
        op.f("ix_community_spending_community_session_id"), "community_spending", ["community_session_id"], unique=False
    )
    op.create_index(op.f("ix_community_spending_district_code"), "community_spending", ["district_code"], unique=False)
    op.create_index(
        "ix_community_spending_receipts_files",
        "community_spending",
        ["receipts"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"receipts": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_community_spending_street_code"), "community_spending", ["street_code"], unique=False)
    op.create_table(
        "evaluation_sheet",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("evaluation_run_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("mentored_organisation_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("conflict", sa.String(length=30), nullable=True),
        sa.Column("conflict_note", sa.Text(), nullable=True),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_run_id"],
            ["evaluation_run.id"],
            name=op.f("fk_evaluation_sheet_evaluation_run_id_evaluation_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_sheet")),
        sa.UniqueConstraint(
            "evaluation_run_id", "account_id", name=op.f("uq_evaluation_sheet_evaluation_run_id_account_id")
        ),
    )
    op.create_index(op.f("ix_evaluation_sheet_account_id"), "evaluation_sheet", ["account_id"], unique=False)
    op.create_index(op.f("ix_evaluation_sheet_district_code"), "evaluation_sheet", ["district_code"], unique=False)
    op.create_index(
        op.f("ix_evaluation_sheet_evaluation_run_id"), "evaluation_sheet", ["evaluation_run_id"], unique=False
    )
    op.create_index(op.f("ix_evaluation_sheet_organisation_id"), "evaluation_sheet", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_evaluation_sheet_street_code"), "evaluation_sheet", ["street_code"], unique=False)
    op.create_table(
        "project_plan",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("project_change_id", sa.UUID(), nullable=True),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_change_id"], ["project_change.id"], name=op.f("fk_project_plan_project_change_id_project_change")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_plan_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_plan")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_project_plan_project_id_number")),
    )
    op.create_index(op.f("ix_project_plan_district_code"), "project_plan", ["district_code"], unique=False)
    op.create_index(op.f("ix_project_plan_project_id"), "project_plan", ["project_id"], unique=False)
    op.create_index(op.f("ix_project_plan_street_code"), "project_plan", ["street_code"], unique=False)
    op.create_table(
        "report_slot",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("milestone_id", sa.UUID(), nullable=True),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("original_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("calendar_confirmed", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("extensions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name=op.f("fk_report_slot_milestone_id_milestone")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_report_slot_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_slot")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_report_slot_project_id_number")),
    )
    op.create_index(op.f("ix_report_slot_district_code"), "report_slot", ["district_code"], unique=False)
    op.create_index(op.f("ix_report_slot_organisation_id"), "report_slot", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_report_slot_project_id"), "report_slot", ["project_id"], unique=False)
    op.create_index(op.f("ix_report_slot_status"), "report_slot", ["status"], unique=False)
    op.create_index(op.f("ix_report_slot_street_code"), "report_slot", ["street_code"], unique=False)
    op.create_table(
        "community_receipt",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("community_spending_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_spending_id"],
            ["community_spending.id"],
            name=op.f("fk_community_receipt_community_spending_id_community_spending"),
        ),
        sa.PrimaryKeyConstraint("district_code", "sha256", name=op.f("pk_community_receipt")),
    )
    op.create_index(
        op.f("ix_community_receipt_community_spending_id"), "community_receipt", ["community_spending_id"], unique=False
    )
    op.create_table(
        "report_version",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("report_slot_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("activity_count", sa.Integer(), nullable=False),
        sa.Column("beneficiary_count", sa.Integer(), nullable=False),
        sa.Column("service_minutes", sa.BigInteger(), nullable=False),
        sa.Column("spending", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("deviation", sa.Text(), nullable=False),
        sa.Column("next_period", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_slot_id"], ["report_slot.id"], name=op.f("fk_report_version_report_slot_id_report_slot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
        sa.UniqueConstraint("report_slot_id", "number", name=op.f("uq_report_version_report_slot_id_number")),
    )
    op.create_index(op.f("ix_report_version_district_code"), "report_version", ["district_code"], unique=False)
    op.create_index(
        "ix_report_version_evidence_files",
        "report_version",
        ["evidence"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"evidence": "jsonb_path_ops"},
    )
    op.create_index(op.f("ix_report_version_report_slot_id"), "report_version", ["report_slot_id"], unique=False)
    op.create_index(op.f("ix_report_version_street_code"), "report_version", ["street_code"], unique=False)
    op.add_column("service_order", sa.Column("session_id", sa.UUID(), nullable=True))
    op.create_index(op.f("ix_service_order_session_id"), "service_order", ["session_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_service_order_session_id"), table_name="service_order")
    op.drop_column("service_order", "session_id")
    op.drop_index(op.f("ix_report_version_street_code"), table_name="report_version")
    op.drop_index(op.f("ix_report_version_report_slot_id"), table_name="report_version")
    op.drop_index(
        "ix_report_version_evidence_files",
        table_name="report_version",
        postgresql_using="gin",
        postgresql_ops={"evidence": "jsonb_path_ops"},
    )
    op.drop_index(op.f("ix_report_version_district_code"), table_name="report_version")
    op.drop_table("report_version")
    op.drop_index(op.f("ix_community_receipt_community_spending_id"), table_name="community_receipt")
    op.drop_table("community_receipt")
    op.drop_index(op.f("ix_report_slot_street_code"), table_name="report_slot")
    op.drop_index(op.f("ix_report_slot_status"), table_name="report_slot")
    op.drop_index(op.f("ix_report_slot_project_id"), table_name="report_slot")
    op.drop_index(op.f("ix_report_slot_organisation_id"), table_name="report_slot")
    op.drop_index(op.f("ix_report_slot_district_code"), table_name="report_slot")
    op.drop_table("report_slot")
    op.drop_index(op.f("ix_project_plan_street_code"), table_name="project_plan")
    op.drop_index(op.f("ix_project_plan_project_id"), table_name="project_plan")
    op.drop_index(op.f("ix_project_plan_district_code"), table_name="project_plan")
    op.drop_table("project_plan")
    op.drop_index(op.f("ix_evaluation_sheet_street_code"), table_name="evaluation_sheet")
    op.drop_index(op.f("ix_evaluation_sheet_organisation_id"), table_name="evaluation_sheet")
    op.drop_index(op.f("ix_evaluation_sheet_evaluation_run_id"), table_name="evaluation_sheet")
    op.drop_index(op.f("ix_evaluation_sheet_district_code"), table_name="evaluation_sheet")
    op.drop_index(op.f("ix_evaluation_sheet_account_id"), table_name="evaluation_sheet")
    op.drop_table("evaluation_sheet")
    op.drop_index(op.f("ix_community_spending_street_code"), table_name="community_spending")
    op.drop_index(
        "ix_community_spending_receipts_files",
        table_name="community_spending",
        postgresql_using="gin",
        postgresql_ops={"receipts": "jsonb_path_ops"},
    )
    op.drop_index(op.f("ix_community_spending_district_code"), table_name="community_spending")
    op.drop_index(op.f("ix_community_spending_community_session_id"), table_name="community_spending")
    op.drop_index(op.f("ix_community_spending_community_project_id"), table_name="community_spending")
    op.drop_table("community_spending")
    op.drop_index(
        "ux_termination_open", table_name="termination", postgresql_where=sa.text("status IN ('proposed', 'answered')")
    )
    op.drop_index(op.f("ix_termination_street_code"), table_name="termination")
    op.drop_index(op.f("ix_termination_status"), table_name="termination")
    op.drop_index(op.f("ix_termination_project_id"), table_name="termination")
    op.drop_index(op.f("ix_termination_organisation_id"), table_name="termination")
    op.drop_index(op.f("ix_termination_district_code"), table_name="termination")
    op.drop_table("termination")
    op.drop_index(op.f("ix_report_plan_street_code"), table_name="report_plan")
    op.drop_index(op.f("ix_report_plan_project_id"), table_name="report_plan")
    op.drop_index(op.f("ix_report_plan_district_code"), table_name="report_plan")
    op.drop_table("report_plan")
    op.drop_index(op.f("ix_project_change_street_code"), table_name="project_change")
    op.drop_index(op.f("ix_project_change_status"), table_name="project_change")
    op.drop_index(op.f("ix_project_change_project_id"), table_name="project_change")
    op.drop_index(op.f("ix_project_change_organisation_id"), table_name="project_change")
    op.drop_index(op.f("ix_project_change_district_code"), table_name="project_change")
    op.drop_table("project_change")
    op.drop_index(
        "ux_evaluation_run_kind", table_name="evaluation_run", postgresql_where=sa.text("status <> 'cancelled'")
    )
    op.drop_index(op.f("ix_evaluation_run_street_code"), table_name="evaluation_run")
    op.drop_index(op.f("ix_evaluation_run_status"), table_name="evaluation_run")
    op.drop_index(op.f("ix_evaluation_run_project_id"), table_name="evaluation_run")
    op.drop_index(op.f("ix_evaluation_run_organisation_id"), table_name="evaluation_run")
    op.drop_index(op.f("ix_evaluation_run_district_code"), table_name="evaluation_run")
    op.drop_table("evaluation_run")
    op.drop_index(op.f("ix_community_session_street_code"), table_name="community_session")
    op.drop_index(
        "ix_community_session_evidence_files",
        table_name="community_session",
        postgresql_using="gin",
        postgresql_ops={"evidence": "jsonb_path_ops"},
    )
    op.drop_index(op.f("ix_community_session_district_code"), table_name="community_session")
    op.drop_index(op.f("ix_community_session_community_project_id"), table_name="community_session")
    op.drop_table("community_session")
    op.drop_table("report_policy")
    op.drop_table("evaluation_rubric")
    op.drop_table("delivery_policy")
    op.drop_index(op.f("ix_community_project_street_code"), table_name="community_project")
    op.drop_index(op.f("ix_community_project_status"), table_name="community_project")
    op.drop_index(op.f("ix_community_project_host_organisation_id"), table_name="community_project")
    op.drop_index(op.f("ix_community_project_district_code"), table_name="community_project")
    op.drop_table("community_project")
    op.drop_index(op.f("ix_community_interest_account_id"), table_name="community_interest")
    op.drop_table("community_interest")
