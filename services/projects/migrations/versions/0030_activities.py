"""Activities, sign-ups, attendance, people met and beneficiaries

Revision: 0030, after 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_policy",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("district_code", name=op.f("pk_activity_policy")),
    )
    op.create_table(
        "check_in_attempt",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("activity_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("district_code", "activity_id", "account_id", name=op.f("pk_check_in_attempt")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("merged_into", sa.UUID(), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(["merged_into"], ["person.id"], name=op.f("fk_person_merged_into_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_account_id"), "person", ["account_id"], unique=False)
    op.create_index(op.f("ix_person_district_code"), "person", ["district_code"], unique=False)
    op.create_index(op.f("ix_person_merged_into"), "person", ["merged_into"], unique=False)
    op.create_index(op.f("ix_person_street_code"), "person", ["street_code"], unique=False)
    op.create_table(
        "activity",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("walk_ins", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_activity_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index(op.f("ix_activity_district_code"), "activity", ["district_code"], unique=False)
    op.create_index(op.f("ix_activity_organisation_id"), "activity", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_activity_project_id"), "activity", ["project_id"], unique=False)
    op.create_index(op.f("ix_activity_starts_at"), "activity", ["starts_at"], unique=False)
    op.create_index(op.f("ix_activity_status"), "activity", ["status"], unique=False)
    op.create_index(op.f("ix_activity_street_code"), "activity", ["street_code"], unique=False)
    op.create_table(
        "beneficiary",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("health", sa.Boolean(), nullable=False),
        sa.Column("under_14", sa.Boolean(), nullable=False),
        sa.Column("consent_by", sa.String(length=10), nullable=True),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("registered_by", sa.UUID(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_beneficiary_person_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_beneficiary_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beneficiary")),
    )
    op.create_index(op.f("ix_beneficiary_account_id"), "beneficiary", ["account_id"], unique=False)
    op.create_index(op.f("ix_beneficiary_district_code"), "beneficiary", ["district_code"], unique=False)
    op.create_index(op.f("ix_beneficiary_organisation_id"), "beneficiary", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_beneficiary_person_id"), "beneficiary", ["person_id"], unique=False)
    op.create_index(op.f("ix_beneficiary_project_id"), "beneficiary", ["project_id"], unique=False)
    op.create_index(op.f("ix_beneficiary_street_code"), "beneficiary", ["street_code"], unique=False)
    op.create_index(
        "uq_beneficiary_person",
        "beneficiary",
        ["district_code", "project_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'merged'"),
    )
    op.create_table(
        "person_key",
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_key_person_id_person")),
        sa.PrimaryKeyConstraint("district_code", "digest", name=op.f("pk_person_key")),
    )
    op.create_index(op.f("ix_person_key_person_id"), "person_key", ["person_id"], unique=False)
    op.create_table(
        "activity_reschedule",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("activity_id", sa.UUID(), nullable=False),
        sa.Column("old_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("old_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("new_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.UUID(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_reschedule_activity_id_activity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_reschedule")),
    )
    op.create_index(op.f("ix_activity_reschedule_activity_id"), "activity_reschedule", ["activity_id"], unique=False)
    op.create_index(
        op.f("ix_activity_reschedule_district_code"), "activity_reschedule", ["district_code"], unique=False
    )
    op.create_index(op.f("ix_activity_reschedule_street_code"), "activity_reschedule", ["street_code"], unique=False)
    op.create_table(
        "activity_sign_up",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("activity_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_sign_up_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_activity_sign_up_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_sign_up")),
        sa.UniqueConstraint(
            "district_code", "activity_id", "number", name=op.f("uq_activity_sign_up_district_code_activity_id_number")
        ),
    )
    op.create_index(op.f("ix_activity_sign_up_account_id"), "activity_sign_up", ["account_id"], unique=False)
    op.create_index(op.f("ix_activity_sign_up_activity_id"), "activity_sign_up", ["activity_id"], unique=False)
    op.create_index(op.f("ix_activity_sign_up_district_code"), "activity_sign_up", ["district_code"], unique=False)
    op.create_index(op.f("ix_activity_sign_up_person_id"), "activity_sign_up", ["person_id"], unique=False)
    op.create_index(op.f("ix_activity_sign_up_street_code"), "activity_sign_up", ["street_code"], unique=False)
    op.create_index(
        "uq_activity_sign_up_person",
        "activity_sign_up",
        ["district_code", "activity_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("person_id IS NOT NULL AND status <> 'merged'"),
    )
    op.create_table(
        "beneficiary_group",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("activity_id", sa.UUID(), nullable=True),
        sa.Column("label", sa.String(length=100), nullable=False),
        sa.Column("estimated", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("counted_by", sa.UUID(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_beneficiary_group_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_beneficiary_group_project_id_project")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beneficiary_group")),
    )
    op.create_index(op.f("ix_beneficiary_group_activity_id"), "beneficiary_group", ["activity_id"], unique=False)
    op.create_index(op.f("ix_beneficiary_group_district_code"), "beneficiary_group", ["district_code"], unique=False)
    op.create_index(op.f("ix_beneficiary_group_project_id"), "beneficiary_group", ["project_id"], unique=False)
    op.create_index(op.f("ix_beneficiary_group_street_code"), "beneficiary_group", ["street_code"], unique=False)
    op.create_table(
        "offline_list",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("activity_id", sa.UUID(), nullable=False),
        sa.Column("issued_to", sa.UUID(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_offline_list_activity_id_activity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_list")),
    )
    op.create_index(op.f("ix_offline_list_activity_id"), "offline_list", ["activity_id"], unique=False)
    op.create_index(op.f("ix_offline_list_district_code"), "offline_list", ["district_code"], unique=False)
    op.create_index(op.f("ix_offline_list_street_code"), "offline_list", ["street_code"], unique=False)
    op.create_table(
        "activity_attendance",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("activity_id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=False),
        sa.Column("sign_up_id", sa.UUID(), nullable=True),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("credited_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("credited_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_attendance_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_activity_attendance_person_id_person")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_activity_attendance_project_id_project")),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["activity_sign_up.id"], name=op.f("fk_activity_attendance_sign_up_id_activity_sign_up")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_attendance")),
    )
    op.create_index(op.f("ix_activity_attendance_account_id"), "activity_attendance", ["account_id"], unique=False)
    op.create_index(op.f("ix_activity_attendance_activity_id"), "activity_attendance", ["activity_id"], unique=False)
    op.create_index(
        op.f("ix_activity_attendance_district_code"), "activity_attendance", ["district_code"], unique=False
    )
    op.create_index(
        op.f("ix_activity_attendance_organisation_id"), "activity_attendance", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_activity_attendance_person_id"), "activity_attendance", ["person_id"], unique=False)
    op.create_index(op.f("ix_activity_attendance_project_id"), "activity_attendance", ["project_id"], unique=False)
    op.create_index(op.f("ix_activity_attendance_street_code"), "activity_attendance", ["street_code"], unique=False)
    op.create_index(
        "uq_activity_attendance_person",
        "activity_attendance",
        ["district_code", "activity_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("person_id IS NOT NULL AND status <> 'merged'"),
    )
    op.create_table(
        "attendance_correction",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("activity_id", sa.UUID(), nullable=False),
        sa.Column("attendance_id", sa.UUID(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("old", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("new", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("proposed_by", sa.UUID(), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_attendance_correction_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["attendance_id"],
            ["activity_attendance.id"],
            name=op.f("fk_attendance_correction_attendance_id_activity_attendance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_correction")),
    )
    op.create_index(
        op.f("ix_attendance_correction_activity_id"), "attendance_correction", ["activity_id"], unique=False
    )
    op.create_index(
        op.f("ix_attendance_correction_attendance_id"), "attendance_correction", ["attendance_id"], unique=False
    )
    op.create_index(
        op.f("ix_attendance_correction_district_code"), "attendance_correction", ["district_code"], unique=False
    )
    op.create_index(
        op.f("ix_attendance_correction_street_code"), "attendance_correction", ["street_code"], unique=False
    )
    op.create_table(
        "offline_row",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("activity_id", sa.UUID(), nullable=False),
        sa.Column("list_id", sa.UUID(), nullable=False),
        sa.Column("row_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("attendance_id", sa.UUID(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_offline_row_activity_id_activity")),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["activity_attendance.id"], name=op.f("fk_offline_row_attendance_id_activity_attendance")
        ),
        sa.ForeignKeyConstraint(["list_id"], ["offline_list.id"], name=op.f("fk_offline_row_list_id_offline_list")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_row")),
        sa.UniqueConstraint(
            "district_code", "activity_id", "row_id", name=op.f("uq_offline_row_district_code_activity_id_row_id")
        ),
    )
    op.create_index(op.f("ix_offline_row_district_code"), "offline_row", ["district_code"], unique=False)
    op.create_index(op.f("ix_offline_row_list_id"), "offline_row", ["list_id"], unique=False)
    op.create_index(op.f("ix_offline_row_street_code"), "offline_row", ["street_code"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_offline_row_street_code"), table_name="offline_row")
    op.drop_index(op.f("ix_offline_row_list_id"), table_name="offline_row")
    op.drop_index(op.f("ix_offline_row_district_code"), table_name="offline_row")
    op.drop_table("offline_row")
    op.drop_index(op.f("ix_attendance_correction_street_code"), table_name="attendance_correction")
    op.drop_index(op.f("ix_attendance_correction_district_code"), table_name="attendance_correction")
    op.drop_index(op.f("ix_attendance_correction_attendance_id"), table_name="attendance_correction")
    op.drop_index(op.f("ix_attendance_correction_activity_id"), table_name="attendance_correction")
    op.drop_table("attendance_correction")
    op.drop_index(
        "uq_activity_attendance_person",
        table_name="activity_attendance",
        postgresql_where=sa.text("person_id IS NOT NULL AND status <> 'merged'"),
    )
    op.drop_index(op.f("ix_activity_attendance_street_code"), table_name="activity_attendance")
    op.drop_index(op.f("ix_activity_attendance_project_id"), table_name="activity_attendance")
    op.drop_index(op.f("ix_activity_attendance_person_id"), table_name="activity_attendance")
    op.drop_index(op.f("ix_activity_attendance_organisation_id"), table_name="activity_attendance")
    op.drop_index(op.f("ix_activity_attendance_district_code"), table_name="activity_attendance")
    op.drop_index(op.f("ix_activity_attendance_activity_id"), table_name="activity_attendance")
    op.drop_index(op.f("ix_activity_attendance_account_id"), table_name="activity_attendance")
    op.drop_table("activity_attendance")
    op.drop_index(op.f("ix_offline_list_street_code"), table_name="offline_list")
    op.drop_index(op.f("ix_offline_list_district_code"), table_name="offline_list")
    op.drop_index(op.f("ix_offline_list_activity_id"), table_name="offline_list")
    op.drop_table("offline_list")
    op.drop_index(op.f("ix_beneficiary_group_street_code"), table_name="beneficiary_group")
    op.drop_index(op.f("ix_beneficiary_group_project_id"), table_name="beneficiary_group")
    op.drop_index(op.f("ix_beneficiary_group_district_code"), table_name="beneficiary_group")
    op.drop_index(op.f("ix_beneficiary_group_activity_id"), table_name="beneficiary_group")
    op.drop_table("beneficiary_group")
    op.drop_index(
        "uq_activity_sign_up_person",
        table_name="activity_sign_up",
        postgresql_where=sa.text("person_id IS NOT NULL AND status <> 'merged'"),
    )
    op.drop_index(op.f("ix_activity_sign_up_street_code"), table_name="activity_sign_up")
    op.drop_index(op.f("ix_activity_sign_up_person_id"), table_name="activity_sign_up")
    op.drop_index(op.f("ix_activity_sign_up_district_code"), table_name="activity_sign_up")
    op.drop_index(op.f("ix_activity_sign_up_activity_id"), table_name="activity_sign_up")
    op.drop_index(op.f("ix_activity_sign_up_account_id"), table_name="activity_sign_up")
    op.drop_table("activity_sign_up")
    op.drop_index(op.f("ix_activity_reschedule_street_code"), table_name="activity_reschedule")
    op.drop_index(op.f("ix_activity_reschedule_district_code"), table_name="activity_reschedule")
    op.drop_index(op.f("ix_activity_reschedule_activity_id"), table_name="activity_reschedule")
    op.drop_table("activity_reschedule")
    op.drop_index(op.f("ix_person_key_person_id"), table_name="person_key")
    op.drop_table("person_key")
    op.drop_index("uq_beneficiary_person", table_name="beneficiary", postgresql_where=sa.text("status <> 'merged'"))
    op.drop_index(op.f("ix_beneficiary_street_code"), table_name="beneficiary")
    op.drop_index(op.f("ix_beneficiary_project_id"), table_name="beneficiary")
    op.drop_index(op.f("ix_beneficiary_person_id"), table_name="beneficiary")
    op.drop_index(op.f("ix_beneficiary_organisation_id"), table_name="beneficiary")
    op.drop_index(op.f("ix_beneficiary_district_code"), table_name="beneficiary")
    op.drop_index(op.f("ix_beneficiary_account_id"), table_name="beneficiary")
    op.drop_table("beneficiary")
    op.drop_index(op.f("ix_activity_street_code"), table_name="activity")
    op.drop_index(op.f("ix_activity_status"), table_name="activity")
    op.drop_index(op.f("ix_activity_starts_at"), table_name="activity")
    op.drop_index(op.f("ix_activity_project_id"), table_name="activity")
    op.drop_index(op.f("ix_activity_organisation_id"), table_name="activity")
    op.drop_index(op.f("ix_activity_district_code"), table_name="activity")
    op.drop_table("activity")
    op.drop_index(op.f("ix_person_street_code"), table_name="person")
    op.drop_index(op.f("ix_person_merged_into"), table_name="person")
    op.drop_index(op.f("ix_person_district_code"), table_name="person")
    op.drop_index(op.f("ix_person_account_id"), table_name="person")
    op.drop_table("person")
    op.drop_table("check_in_attempt")
    op.drop_table("activity_policy")
