"""Rounds as policy data and plans written together

Revision: 0008, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.db import TypeId

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
PAST = """
INSERT INTO known_organisation_past
    (organisation_id, subject_version, district_code, street_code, told_at, kind, legal_tier, hub_id, status, in_breach)
SELECT id, subject_version, district_code, street_code, TIMESTAMPTZ '2000-01-01 00:00:00+00', kind, legal_tier, hub_id,
    status, in_breach
FROM known_organisation
"""


def _tenanted() -> list[sa.Column]:
    return [
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
    ]


def _versioned() -> list[sa.Column]:
    return [
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def upgrade() -> None:
    _columns()
    _past()
    _template()
    _survey()
    _coauthor()
    _attachment()
    _eligibility()


def _columns() -> None:
    op.add_column("pool_line", sa.Column("earmark", JSONB, nullable=True))
    op.add_column("round", sa.Column("purpose", sa.String(length=30), nullable=True))
    op.add_column("round", sa.Column("plan_rules", JSONB, nullable=True))
    op.add_column("proposal", sa.Column("operates_street", sa.String(length=9), nullable=True))
    for column in (
        sa.Column("plan_number", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", TypeId("acc"), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
    ):
        op.add_column("proposal_comment", column)


def _past() -> None:
    op.create_table(
        "known_organisation_past",
        sa.Column("organisation_id", TypeId("org"), nullable=False),
        sa.Column("subject_version", sa.Integer(), nullable=False),
        *_tenanted(),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("legal_tier", sa.String(length=30), nullable=False),
        sa.Column("hub_id", TypeId("org"), nullable=True),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("in_breach", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "subject_version", name=op.f("pk_known_organisation_past")),
    )
    _index("known_organisation_past", "district_code")
    op.execute(PAST)  # what is known today is all that is known of the past


def _template() -> None:
    op.create_table(
        "plan_template",
        sa.Column("id", TypeId("ptl"), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("scale", sa.String(length=10), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("rules", JSONB, nullable=False),
        sa.Column("rules_hash", sa.String(length=64), nullable=False),
        *_tenanted(),
        *_versioned(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_template")),
        sa.UniqueConstraint("district_code", "key", "number", name=op.f("uq_plan_template_district_code_key_number")),
    )
    _index("plan_template", "district_code", "street_code")
    op.create_index(
        "uq_plan_template_current",
        "plan_template",
        ["district_code", "key"],
        unique=True,
        postgresql_where=sa.text("status = 'current'"),
    )


def _survey() -> None:
    op.create_table(
        "needs_survey",
        sa.Column("id", TypeId("nsv"), nullable=False),
        sa.Column("round_id", TypeId("rnd"), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("questions", JSONB, nullable=False),
        sa.Column("respondents", JSONB, nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result_hash", sa.String(length=64), nullable=True),
        *_tenanted(),
        *_versioned(),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_needs_survey_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_survey")),
        sa.UniqueConstraint("district_code", "round_id", name=op.f("uq_needs_survey_district_code_round_id")),
    )
    _index("needs_survey", "district_code", "street_code", "round_id")
    op.create_table(
        "survey_answer",
        sa.Column("id", TypeId("sva"), nullable=False),
        sa.Column("survey_id", TypeId("nsv"), nullable=False),
        sa.Column("respondent", sa.String(length=20), nullable=False),
        sa.Column("respondent_key", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", TypeId("org"), nullable=True),
        sa.Column("community_code", sa.String(length=12), nullable=True),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        *_tenanted(),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["needs_survey.id"], name=op.f("fk_survey_answer_survey_id_needs_survey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answer")),
        sa.UniqueConstraint("survey_id", "respondent_key", name=op.f("uq_survey_answer_survey_id_respondent_key")),
    )
    _index("survey_answer", "district_code", "street_code", "survey_id")


def _of_proposal(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name=op.f(f"fk_{table}_proposal_id_proposal"))


def _coauthor() -> None:
    op.create_table(
        "proposal_coauthor",
        sa.Column("id", TypeId("coa"), nullable=False),
        sa.Column("proposal_id", TypeId("prp"), nullable=False),
        sa.Column("account_id", TypeId("acc"), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("invited_by", TypeId("acc"), nullable=True),
        *_tenanted(),
        *_versioned(),
        _of_proposal("proposal_coauthor"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_coauthor")),
        sa.UniqueConstraint("proposal_id", "account_id", name=op.f("uq_proposal_coauthor_proposal_id_account_id")),
    )
    _index("proposal_coauthor", "district_code", "street_code", "proposal_id", "account_id")


def _attachment() -> None:
    op.create_table(
        "proposal_attachment",
        sa.Column("id", TypeId("pat"), nullable=False),
        sa.Column("proposal_id", TypeId("prp"), nullable=False),
        sa.Column("organisation_id", TypeId("org"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=151), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_by", TypeId("acc"), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        *_tenanted(),
        _of_proposal("proposal_attachment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_attachment")),
    )
    _index("proposal_attachment", "district_code", "street_code", "proposal_id")
    op.create_index(
        "uq_proposal_attachment_file",
        "proposal_attachment",
        ["proposal_id", "sha256"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )


def _eligibility() -> None:
    op.create_table(
        "eligibility_check",
        sa.Column("id", TypeId("elg"), nullable=False),
        sa.Column("proposal_id", TypeId("prp"), nullable=False),
        sa.Column("round_id", TypeId("rnd"), nullable=False),
        sa.Column("organisation_id", TypeId("org"), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("results", JSONB, nullable=False),
        *_tenanted(),
        _of_proposal("eligibility_check"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_eligibility_check_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_check")),
    )
    _index("eligibility_check", "district_code", "street_code", "proposal_id", "round_id")


def downgrade() -> None:
    for table in (
        "eligibility_check",
        "proposal_attachment",
        "proposal_coauthor",
        "survey_answer",
        "needs_survey",
        "plan_template",
        "known_organisation_past",
    ):
        op.drop_table(table)
    for column in ("resolution", "resolved_by", "resolved_at", "status", "plan_number"):
        op.drop_column("proposal_comment", column)
    op.drop_column("proposal", "operates_street")
    op.drop_column("round", "plan_rules")
    op.drop_column("round", "purpose")
    op.drop_column("pool_line", "earmark")
