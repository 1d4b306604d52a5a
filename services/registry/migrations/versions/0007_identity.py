"""Identity: sessions, API keys, consent, access log, revoked sessions

Revision: 0007, after 0003

Expand only. ``login`` and ``name`` of an account may be null from now on: an erased account has none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
INSTANT = sa.DateTime(timezone=True)

APPEND_ONLY = """
CREATE OR REPLACE FUNCTION refuse_change_of_access_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$
"""
ROW_TRIGGER = """
CREATE TRIGGER personal_access_append_only BEFORE UPDATE OR DELETE ON personal_access
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_access_log()
"""
TABLE_TRIGGER = """
CREATE TRIGGER personal_access_never_emptied BEFORE TRUNCATE ON personal_access
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_access_log()
"""


def upgrade() -> None:
    _accounts_and_sessions()
    _revoked_sessions()
    _api_keys()
    _access_log()
    _consents_and_exports()
    _single_sign_on()


def _tenanted(table: str) -> None:
    for name in ("district_code", "street_code"):
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name], unique=False)


def _accounts_and_sessions() -> None:
    op.alter_column("account", "login", existing_type=sa.Text(), nullable=True)
    op.alter_column("account", "name", existing_type=sa.Text(), nullable=True)
    op.add_column(
        "account", sa.Column("must_change_password", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    for name in ("password_changed_at", "erasure_requested_at", "closed_at"):
        op.add_column("account", sa.Column(name, INSTANT, nullable=True))
    op.add_column("sign_in_session", sa.Column("end_reason", sa.String(length=24), nullable=True))
    op.add_column(
        "sign_in_session", sa.Column("method", sa.String(length=10), server_default="password", nullable=False)
    )
    for name in ("device", "address_prefix"):
        op.add_column("sign_in_session", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("sign_in_session", sa.Column("last_seen_at", INSTANT, nullable=True))
    op.create_table(
        "spent_refresh_token",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("successor_digest", sa.String(length=64), nullable=False),
        sa.Column("spent_at", INSTANT, nullable=False),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in_session.id"], name=op.f("fk_spent_refresh_token_session_id_sign_in_session")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_spent_refresh_token")),
    )
    op.create_index(op.f("ix_spent_refresh_token_session_id"), "spent_refresh_token", ["session_id"], unique=False)


def _revoked_sessions() -> None:
    op.create_table(
        "revoked_session",
        sa.Column("session_id", sa.String(length=60), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_revoked_session")),
    )
    op.create_index(op.f("ix_revoked_session_until"), "revoked_session", ["until"], unique=False)


def _api_keys() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=True),
        sa.Column("previous_until", INSTANT, nullable=True),
        sa.Column("scopes", JSONB, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("rotated_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_key_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    op.create_index(op.f("ix_api_key_account_id"), "api_key", ["account_id"], unique=False)
    _tenanted("api_key")


def _access_log() -> None:
    op.create_table(
        "personal_access",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("reason_digest", sa.String(length=64), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_access")),
    )
    op.create_index(op.f("ix_personal_access_account_id"), "personal_access", ["account_id"], unique=False)
    op.create_index(op.f("ix_personal_access_subject_id"), "personal_access", ["subject_id"], unique=False)
    _tenanted("personal_access")
    op.create_table(
        "personal_access_reason",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["personal_access.id"], name=op.f("fk_personal_access_reason_id_personal_access")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_access_reason")),
    )
    for statement in (APPEND_ONLY, ROW_TRIGGER, TABLE_TRIGGER):
        op.execute(statement)


def _consents_and_exports() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_consent_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_account_id"), "consent", ["account_id"], unique=False)
    op.create_index(
        "uq_consent_given",
        "consent",
        ["account_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("status = 'given'"),
    )
    _tenanted("consent")
    op.create_table(
        "personal_export",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("made_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_personal_export_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_export")),
    )
    op.create_index(op.f("ix_personal_export_account_id"), "personal_export", ["account_id"], unique=False)
    _tenanted("personal_export")


def _single_sign_on() -> None:
    op.create_table(
        "oidc_request",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("state_digest", sa.String(length=64), nullable=False),
        sa.Column("binding_digest", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("begun_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=True),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_request")),
        sa.UniqueConstraint("state_digest", name=op.f("uq_oidc_request_state_digest")),
    )
    op.create_index(op.f("ix_oidc_request_begun_at"), "oidc_request", ["begun_at"], unique=False)
    _tenanted("oidc_request")
    op.create_table(
        "account_identity",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("subject_index", sa.String(length=64), nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_identity_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_identity")),
        sa.UniqueConstraint(
            "district_code",
            "provider",
            "subject_index",
            name=op.f("uq_account_identity_district_code_provider_subject_index"),
        ),
    )
    op.create_index(op.f("ix_account_identity_account_id"), "account_identity", ["account_id"], unique=False)
    _tenanted("account_identity")
    op.create_table(
        "provider_keys",
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("jwks", JSONB, nullable=False),
        sa.Column("fetched_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_provider_keys")),
    )


def downgrade() -> None:
    for table in ("provider_keys", "account_identity", "oidc_request"):
        op.drop_table(table)
    log = ("personal_access_reason", "personal_access")
    for table in ("personal_export", "consent", *log, "api_key", "revoked_session", "spent_refresh_token"):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_access_log()")
    for name in ("last_seen_at", "address_prefix", "device", "method", "end_reason"):
        op.drop_column("sign_in_session", name)
    for name in ("closed_at", "erasure_requested_at", "password_changed_at", "must_change_password"):
        op.drop_column("account", name)
