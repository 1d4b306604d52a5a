"""Error codes of bulk import and export that only organisations have; the others are those of chassis.sheets."""

from __future__ import annotations

from chassis.codes import Code


class BulkCode(Code):
    """Which organisation a row is."""

    ROW_REPEATED = (
        "import_row_repeated",
        "与文件中前面的一行是同一组织",
        "The same organisation as in an earlier row of the file",
    )
    ROW_KNOWN = (
        "import_row_known",
        "该组织已登记，未改动",
        "The organisation is registered already and was left as it is",
    )
