"""What is sealed in projects is declared personal in a view, and masked there."""

from __future__ import annotations

from chassis.reseal import sealed_columns
from contracts.projects import OPERATIONS
from contracts.registry.personal import declared
from services.projects.models import Base
from services.projects.service import SERVICE

PERSONAL = {"payee.holder", "payee.account_number", "order_caller.name", "order_caller.phone"}


def test_every_sealed_column_is_declared_personal_in_a_view_and_vice_versa() -> None:
    assert SERVICE.metadata
    sealed = {f"{one.table.name}.{one.column.name}" for one in sealed_columns([Base.metadata])}
    assert {one.purpose for one in sealed_columns([Base.metadata])} == sealed
    sealed -= {"activity.secret"}  # no answer shows it: codes follow from it
    shown = {column for row in OPERATIONS if row.output for _, column, _ in declared(row.output)}
    people = ("activity_sign_up", "activity_attendance", "beneficiary")
    named = {f"{table}.{column}" for table in people for column in ("name", "phone")}
    assert shown == sealed == PERSONAL | named


def test_what_is_personal_is_never_hashed_with_a_command() -> None:
    personal = {
        "register_payee": ("holder", "account_number"),
        "request_order": ("caller",),
        "request_order_series": ("caller",),
        "sign_up_for_activity": ("name", "phone"),
        "record_walk_in": ("name", "phone"),
        "upload_offline_check_ins": ("rows",),
        "register_beneficiary": ("name", "phone", "document_sha256"),
    }
    found = {row.name: row.input().fields for row in OPERATIONS if row.name in personal}
    assert all(found[operation][name].load_only for operation, names in personal.items() for name in names)
    export = next(row for row in OPERATIONS if row.name == "export_payment_batch")
    assert export.secret
