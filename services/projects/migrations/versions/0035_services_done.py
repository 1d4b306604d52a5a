"""Services as they were done, apart from the order; credentials that a training gave

Revision: 0035, after 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# When it was delivered was not kept: the end of its appointment is nearest.
FILL = """
INSERT INTO order_service (
    id, district_code, street_code, order_id, kind, organisation_id, account_id, delivered_by, delivered_at, minutes,
    evidence, status, stars
)
SELECT gen_random_uuid(), district_code, street_code, id, kind, organisation_id, talent_account_id, delivered_by,
    coalesce(ends_at, created_at), delivered_minutes, evidence,
    CASE WHEN status = 'delivered' THEN 'delivered' WHEN status = 'disputed' THEN 'disputed'
        WHEN hours_void THEN 'void' ELSE 'counted' END,
    stars
FROM service_order
WHERE delivered_minutes IS NOT NULL
    AND status IN ('delivered', 'confirmed', 'rated', 'sealed', 'disputed', 'resolved')
"""
# Orders that are being done again still carried what was done, and voided, the first time.
FORGET = """
UPDATE service_order SET delivered_minutes = NULL, delivered_by = NULL, summary = NULL, evidence = '[]'::jsonb,
    confirmed_by = NULL, confirmed_relation = NULL, proxy_reason = NULL, stars = NULL, comment = NULL,
    rated_at = NULL, rated_by = NULL, hours_void = false
WHERE delivered_minutes IS NOT NULL
    AND status NOT IN ('delivered', 'confirmed', 'rated', 'sealed', 'disputed', 'resolved')
"""


def upgrade() -> None:
    op.create_table(
        "order_service",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("order_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("account_id", sa.UUID(), nullable=True),
        sa.Column("delivered_by", sa.UUID(), nullable=True),
        sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=True),
        sa.Column("district_code", sa.String(length=6), nullable=False),
        sa.Column("street_code", sa.String(length=9), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["service_order.id"], name=op.f("fk_order_service_order_id_service_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_service")),
    )
    for column in ("account_id", "district_code", "order_id", "organisation_id", "street_code"):
        op.create_index(op.f(f"ix_order_service_{column}"), "order_service", [column], unique=False)
    op.create_index(
        "ix_order_service_evidence_files",
        "order_service",
        ["evidence"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"evidence": "jsonb_path_ops"},
    )
    op.add_column("service_order", sa.Column("checked_in_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("credential", sa.Column("training_id", sa.UUID(), nullable=True))
    op.create_index(op.f("ix_credential_training_id"), "credential", ["training_id"], unique=False)
    op.execute(FILL)
    op.execute(FORGET)


def downgrade() -> None:
    op.drop_index(op.f("ix_credential_training_id"), table_name="credential")
    op.drop_column("credential", "training_id")
    op.drop_column("service_order", "checked_in_at")
    op.drop_table("order_service")
