"""Error codes of sheets of offers and needs that are about rows; those of the file are chassis.sheets'."""

from __future__ import annotations

from chassis.codes import Code


class SupplySheetCode(Code):
    """What a row names, and whether it is there already."""

    ORGANISATION_UNCLEAR = (
        "import_organisation_unclear",
        "有多个同名组织，请填写组织编号",
        "Several organisations have this name; give the id",
    )
    ROW_REPEATED = (
        "import_row_same",
        "与文件中前面的一行完全相同",
        "The same as an earlier row of the file",
    )
    ROW_KNOWN = (
        "import_row_drafted_before",
        "此前已由同样的一行登记，未改动",
        "Drafted already from a row like this one, and left as it is",
    )
