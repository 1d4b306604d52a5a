"""Needs of residents: who asked, by phone too, what they said, who handles it, and who received for them

Revision: 0037, after 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

NEED = (
    *((name, sa.UUID()) for name in ("requester_account_id", "requested_by_account_id", "linked_account_id")),
    *((name, sa.UUID()) for name in ("caller_id", "handler_organisation_id")),
    *((name, sa.Text()) for name in ("resident_text", "resident_place")),
    *((name, sa.DateTime(timezone=True)) for name in ("taken_on_at", "shaped_at")),
)
INDEXED = ("requester_account_id", "linked_account_id", "caller_id", "handler_organisation_id")
ALLOCATION = (
    ("recipient_account_id", sa.UUID()),
    ("received_by", sa.String(length=20)),
    ("proxy_reason", sa.Text()),
    ("proxy_relation", sa.String(length=20)),
)


def upgrade() -> None:
    _make_callers()
    for name, kind in NEED:
        op.add_column("need", sa.Column(name, kind, nullable=True))
    op.add_column("need", sa.Column("handler_benefits", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_foreign_key(op.f("fk_need_caller_id_need_caller"), "need", "need_caller", ["caller_id"], ["id"])
    for name in INDEXED:
        op.create_index(op.f(f"ix_need_{name}"), "need", [name], unique=False)
    op.alter_column("need", "organisation_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_need_needer"), "need", "num_nonnulls(organisation_id, requester_account_id, caller_id) = 1"
    )
    for name, other in ALLOCATION:
        op.add_column("allocation", sa.Column(name, other, nullable=True))
    op.create_index(op.f("ix_allocation_recipient_account_id"), "allocation", ["recipient_account_id"], unique=False)
    op.alter_column("allocation", "recipient_organisation_id", nullable=True)
    op.alter_column("gift_use", "recipient_organisation_id", nullable=True)


def _make_callers() -> None:
    op.create_table(
        "need_caller",
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
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_caller")),
        sa.UniqueConstraint(
            "district_code",
            "street_code",
            "phone_index",
            name=op.f("uq_need_caller_district_code_street_code_phone_index"),
        ),
    )
    for name in ("account_id", "district_code", "street_code"):
        op.create_index(op.f(f"ix_need_caller_{name}"), "need_caller", [name], unique=False)


def downgrade() -> None:
    # Refused by the database while there are residents' needs: an older release could not tell whose they are.
    op.alter_column("gift_use", "recipient_organisation_id", nullable=False)
    op.alter_column("allocation", "recipient_organisation_id", nullable=False)
    op.alter_column("need", "organisation_id", nullable=False)
    for name, _ in reversed(ALLOCATION):
        op.drop_column("allocation", name)
    op.drop_constraint(op.f("ck_need_needer"), "need", type_="check")
    op.drop_column("need", "handler_benefits")
    for name, _ in reversed(NEED):
        op.drop_column("need", name)
    op.drop_table("need_caller")
