"""Bounds of sheets that go in and out."""

from __future__ import annotations

from chassis.config import setting
from chassis.sheets.packed import Limits

IMPORT_BYTES = setting("IMPORT_MAX_BYTES", 10 * 1024 * 1024, "Largest file of a bulk import, bytes as uploaded.")
IMPORT_UNPACKED = setting(
    "IMPORT_MAX_UNPACKED_BYTES", 128 * 1024 * 1024, "Largest workbook of a bulk import once unpacked, bytes."
)
IMPORT_RATIO = setting("IMPORT_MAX_RATIO", 100, "A workbook's part packed denser than this is taken for a zip bomb.")
IMPORT_ROWS = setting("IMPORT_MAX_ROWS", 10_000, "Most rows of a bulk import.")
IMPORT_COLUMNS = setting("IMPORT_MAX_COLUMNS", 60, "Most columns of a bulk import.")
EXPORT_ROWS = setting("EXPORT_MAX_ROWS", 200_000, "Most rows of a bulk export.")
BULK_FILE_DAYS = setting(
    "BULK_FILE_DAYS", 7, "Days after the end of an import or export until its sheets and reports are deleted."
)


def limits() -> Limits:
    """As configured."""
    return Limits(
        packed=IMPORT_BYTES.get(),
        unpacked=IMPORT_UNPACKED.get(),
        ratio=IMPORT_RATIO.get(),
        rows=IMPORT_ROWS.get(),
        columns=IMPORT_COLUMNS.get(),
    )
