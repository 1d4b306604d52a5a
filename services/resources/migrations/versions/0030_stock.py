"""Units, lots and conditions of offers and needs; what was counted in larger units is counted in the base one

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

_LIST, _MAP = "[]", "{}"
# Words that rows were counted in so far, with their base unit and its size: as of this migration.
_BASES = (
    (("克",), "g", 1),
    (("斤", "市斤"), "g", 500),
    (("kg", "KG", "Kg", "千克", "公斤"), "g", 1000),
    (("吨", "t"), "g", 1_000_000),
    (("毫升",), "ml", 1),
    (("升", "L", "l"), "ml", 1000),
    (("个",), "件", 1),
)


def upgrade() -> None:
    op.create_table(
        "measure_unit",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("base", sa.String(20), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("zh", sa.String(20), nullable=False),
        sa.Column("en", sa.String(40), nullable=False),
        sa.Column("aliases", postgresql.JSONB(), nullable=False),
        *_row(),
        sa.CheckConstraint("numerator > 0 AND denominator > 0", name=op.f("ck_measure_unit_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_unit")),
        sa.UniqueConstraint("district_code", "code", name=op.f("uq_measure_unit_district_code_code")),
    )
    _scope_indexes("measure_unit")
    _offer_columns()
    _need_columns()
    _allocation_columns()
    for words, base, size in _BASES:
        _count_in_base(words, base, size)
    _stock()
    op.execute(_OPENING)
    _venues()
    _uses()


def _row() -> tuple[sa.Column[object], ...]:
    """What every versioned row of a district has."""
    return (
        sa.Column("district_code", sa.String(6), nullable=False),
        sa.Column("street_code", sa.String(9), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def _scope_indexes(table: str) -> None:
    for column in ("district_code", "street_code"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _add(table: str, name: str, kind: object, default: str) -> None:
    """Not null, so with a default; it stays, for the release before this one that goes on writing meanwhile."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))


def _offer_columns() -> None:
    for name in ("languages", "availability", "qualifications", "earmarked_organisation_ids"):
        _add("offer", name, postgresql.JSONB(), _LIST)
    _add("offer", "entered", postgresql.JSONB(), _MAP)
    _add("offer", "pack_unit", sa.String(20), "")
    _add("offer", "mode", sa.String(10), "either")
    _add("offer", "lot_size", sa.BigInteger(), "1")
    _add("offer", "minimum_lot", sa.BigInteger(), "1")
    _add("offer", "story_public", sa.Boolean(), "false")
    op.add_column("offer", sa.Column("pack_size", sa.BigInteger(), nullable=True))
    for name in ("capacity", "hours_per_week", "youngest_age"):
        op.add_column("offer", sa.Column(name, sa.Integer(), nullable=True))
    lots = "lot_size > 0 AND minimum_lot > 0 AND coalesce(pack_size, 1) > 0"
    op.create_check_constraint(op.f("ck_offer_lots"), "offer", lots)


def _need_columns() -> None:
    for name in ("substitutes", "languages", "times", "beneficiary_groups"):
        _add("need", name, postgresql.JSONB(), _LIST)
    for name in ("entered", "gates"):
        _add("need", name, postgresql.JSONB(), _MAP)
    _add("need", "title_key", sa.String(240), "")
    # Needs from now on know more blanks and marks; for those there are this is near enough.
    op.execute("UPDATE need SET title_key = regexp_replace(lower(title), '[[:space:][:punct:]]', '', 'g')")
    _add("need", "all_or_nothing", sa.Boolean(), "false")
    _add("need", "splittable", sa.Boolean(), "true")
    _add("need", "mode", sa.String(10), "either")
    for name in ("persons", "hours_per_week"):
        op.add_column("need", sa.Column(name, sa.Integer(), nullable=True))
    for name in ("confirmed_on", "confirm_by"):
        op.add_column("need", sa.Column(name, sa.Date(), nullable=True))
    _add("resources_policy", "need_confirm_days", sa.Integer(), "60")
    _add("resources_policy", "need_grace_days", sa.Integer(), "14")


def _allocation_columns() -> None:
    for name in ("returned", "lost", "used"):
        _add("allocation", name, sa.BigInteger(), "0")
    # Rows that were returned before this release count nothing in handed_over: they fit.
    parts = (
        "returned >= 0 AND lost >= 0 AND handed_over + returned + lost <= quantity AND used >= 0 AND used <= received"
    )
    op.create_check_constraint(op.f("ck_allocation_parts"), "allocation", parts)


def _stock() -> None:
    _movements()
    op.create_table(
        "stock_batch",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("offer_id", sa.UUID(), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("quantity", "handed_over", "retired")),
        sa.Column("district_code", sa.String(6), nullable=False),
        sa.Column("street_code", sa.String(9), nullable=True),
        sa.CheckConstraint(
            "handed_over >= 0 AND retired >= 0 AND handed_over + retired <= quantity",
            name=op.f("ck_stock_batch_counters"),
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_stock_batch_offer_id_offer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_batch")),
        sa.UniqueConstraint(
            "district_code", "offer_id", "label", name=op.f("uq_stock_batch_district_code_offer_id_label")
        ),
    )
    op.create_index(op.f("ix_stock_batch_offer_id"), "stock_batch", ["offer_id"])
    _scope_indexes("stock_batch")
    op.create_table(
        "batch_part",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("batch_id", sa.UUID(), nullable=False),
        sa.Column("allocation_id", sa.UUID(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("district_code", sa.String(6), nullable=False),
        sa.Column("street_code", sa.String(9), nullable=True),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_batch_part_counters")),
        sa.ForeignKeyConstraint(["batch_id"], ["stock_batch.id"], name=op.f("fk_batch_part_batch_id_stock_batch")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_batch_part_allocation_id_allocation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_part")),
        sa.UniqueConstraint(
            "district_code",
            "batch_id",
            "allocation_id",
            name=op.f("uq_batch_part_district_code_batch_id_allocation_id"),
        ),
    )
    for column in ("batch_id", "allocation_id"):
        op.create_index(op.f(f"ix_batch_part_{column}"), "batch_part", [column])
    _scope_indexes("batch_part")


def _venues() -> None:
    op.create_table(
        "venue_hold",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("offer_id", sa.UUID(), nullable=False),
        sa.Column("allocation_id", sa.UUID(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_code", sa.String(6), nullable=False),
        sa.Column("street_code", sa.String(9), nullable=True),
        postgresql.ExcludeConstraint(
            *((sa.literal_column(_half(seed)), "&&") for seed in (0, 1)),
            (sa.literal_column("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_venue_hold_time",
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_venue_hold_interval")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_venue_hold_offer_id_offer")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_venue_hold_allocation_id_allocation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_hold")),
    )
    for column in ("offer_id", "allocation_id"):
        op.create_index(op.f(f"ix_venue_hold_{column}"), "venue_hold", [column])
    _scope_indexes("venue_hold")
    op.execute(_HELD)


def _uses() -> None:
    op.create_table(
        "gift_use",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("allocation_id", sa.UUID(), nullable=False),
        sa.Column("offer_id", sa.UUID(), nullable=False),
        sa.Column("recipient_organisation_id", sa.UUID(), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("people_served", sa.Integer(), nullable=False),
        sa.Column("photos", postgresql.JSONB(), nullable=False),
        sa.Column("last", sa.Boolean(), nullable=False),
        sa.Column("story_public", sa.Boolean(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=True),
        *_row(),
        sa.CheckConstraint("quantity > 0 AND people_served >= 0", name=op.f("ck_gift_use_counters")),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_gift_use_allocation_id_allocation")
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_gift_use_offer_id_offer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_use")),
    )
    for column in ("allocation_id", "offer_id", "recipient_organisation_id", "project_id"):
        op.create_index(op.f(f"ix_gift_use_{column}"), "gift_use", [column])
    _scope_indexes("gift_use")
    op.create_index(
        "ix_gift_use_photos_files",
        "gift_use",
        ["photos"],
        postgresql_using="gin",
        postgresql_ops={"photos": "jsonb_path_ops"},
    )


def _half(seed: int) -> str:
    number = f"uuid_hash_extended(offer_id, {seed})"
    return f"int8range({number}, {number}, '[]'::text)"


_HELD = """
INSERT INTO venue_hold (id, district_code, street_code, offer_id, allocation_id, starts_at, ends_at)
SELECT gen_random_uuid(), district_code, street_code, offer_id, id,
    CAST(held ->> 'starts_at' AS timestamptz), CAST(held ->> 'ends_at' AS timestamptz)
FROM allocation, jsonb_array_elements(windows) AS held
WHERE kind = 'venue' AND status NOT IN ('proposed', 'released', 'returned')
ON CONFLICT DO NOTHING
"""
_PLACES = ("free", "reserved", "handed_over", "retired")


def _movements() -> None:
    key, after = ("district_code", "offer_id"), tuple(f"{place}_after" for place in _PLACES)
    before = tuple(f"{place}_before" for place in _PLACES)
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("offer_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("allocation_id", sa.UUID(), nullable=True),
        sa.Column("line_id", sa.UUID(), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in (*before, *after)),
        sa.Column("district_code", sa.String(6), nullable=False),
        sa.Column("street_code", sa.String(9), nullable=True),
        sa.CheckConstraint(
            "previous = number - 1 OR (number = 1 AND previous IS NULL AND free_before = 0 AND reserved_before = 0"
            " AND handed_over_before = 0 AND retired_before = 0)",
            name=op.f("ck_stock_movement_first"),
        ),
        sa.CheckConstraint(
            "free_after >= 0 AND reserved_after >= 0 AND handed_over_after >= 0 AND retired_after >= 0",
            name=op.f("ck_stock_movement_counters"),
        ),
        sa.CheckConstraint(
            "kind IN ('taken_in', 'carried', 'split') OR free_before + reserved_before + handed_over_before"
            " + retired_before = free_after + reserved_after + handed_over_after + retired_after",
            name=op.f("ck_stock_movement_kept"),
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_stock_movement_offer_id_offer")),
        sa.ForeignKeyConstraint(
            [*key, "previous", *before],
            [f"stock_movement.{name}" for name in (*key, "number", *after)],
            name="fk_stock_movement_chain",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
        sa.UniqueConstraint(*key, "number", name="uq_stock_movement_number"),
        sa.UniqueConstraint(*key, "number", *after, name="uq_stock_movement_balance"),
    )
    for column in ("offer_id", "allocation_id"):
        op.create_index(op.f(f"ix_stock_movement_{column}"), "stock_movement", [column])
    _scope_indexes("stock_movement")


# Each offer's ledger begins with what it has today.
_OPENING = """
INSERT INTO stock_movement (id, district_code, street_code, offer_id, number, previous, kind, at, note,
    free_before, reserved_before, handed_over_before, retired_before,
    free_after, reserved_after, handed_over_after, retired_after)
SELECT gen_random_uuid(), district_code, street_code, id, 1, NULL, 'carried', created_at, '', 0, 0, 0, 0,
    free, reserved, handed_over, retired
FROM offer
"""


def _count_in_base(words: tuple[str, ...], base: str, size: int) -> None:
    """Offers, needs and allocations alike, so that what fitted before fits after."""
    about = {"words": list(words), "base": base, "size": size}
    entered = "jsonb_build_object('quantity', quantity, 'unit', unit, 'size', CAST(:size AS text))"
    columns = {
        "offer": ("quantity", "free", "reserved", "handed_over", "retired"),
        "need": ("quantity", "allotted", "received"),
        "allocation": ("quantity", "handed_over", "received"),
    }
    for table, counted in columns.items():
        changes = [f"{name} = {name} * :size" for name in counted]
        if table == "allocation":
            changes.append(
                "steps = coalesce((SELECT jsonb_agg(step || jsonb_build_object('quantity',"
                " CAST(step ->> 'quantity' AS bigint) * :size) ORDER BY place)"
                " FROM jsonb_array_elements(steps) WITH ORDINALITY AS each (step, place)), '[]')"
            )
        else:
            changes.append(f"entered = {entered}")
        statement = f"UPDATE {table} SET unit = :base, {', '.join(changes)} WHERE unit = ANY(:words)"
        op.execute(sa.text(statement).bindparams(**about))


def downgrade() -> None:
    for table in ("gift_use", "venue_hold", "batch_part", "stock_batch", "stock_movement"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_allocation_parts"), "allocation")
    for name in ("returned", "lost", "used"):
        op.drop_column("allocation", name)
    op.drop_constraint(op.f("ck_offer_lots"), "offer")
    offer = (
        *("languages", "availability", "qualifications", "earmarked_organisation_ids", "entered", "pack_unit", "mode"),
        *("lot_size", "minimum_lot", "story_public", "pack_size", "capacity", "hours_per_week", "youngest_age"),
    )
    need = (
        *("substitutes", "languages", "times", "beneficiary_groups", "entered", "gates", "all_or_nothing"),
        *("splittable", "mode", "persons", "hours_per_week", "confirmed_on", "confirm_by", "title_key"),
    )
    policy = ("need_confirm_days", "need_grace_days")
    for table, names in (("offer", offer), ("need", need), ("resources_policy", policy)):
        for name in names:
            op.drop_column(table, name)
    op.drop_table("measure_unit")
