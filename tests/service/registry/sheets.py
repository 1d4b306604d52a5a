"""Sheets for tests of the bulk door: made by real writers, and broken by hand."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from chassis import files
from chassis.sheets.columns import MEDIA_TYPES
from chassis.sheets.packed import Limits
from tests.kit import DISTRICT, ZHUHAI

LIMITS = Limits(packed=2**20, unpacked=2**23, ratio=100, rows=50, columns=20)
ZH = ("组织名称", "组织类型", "登记方式", "备案号", "负责人", "联系电话", "服务领域", "街道")
EN = ("Name", "Kind", "Legal tier", "Filing number", "Responsible person", "Phone", "Fields", "Street")


def filed(number: int, **cells: str) -> list[str]:
    """A good row under :data:`ZH` or :data:`EN`."""
    row = {
        "name": f"第{number:05d}号互助队（演示）",
        "kind": "社区社会组织",
        "legal_tier": "备案",
        "filing_number": f"演示-{number:05d}",
        "responsible_person": "演示人",
        "phone": f"139{number:08d}",
        "fields": "助老、文体",
        "street_code": "珠海街道" if number % 2 else ZHUHAI,
        **cells,
    }
    return list(row.values())


def as_csv(rows: Sequence[Sequence[Any]], *, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[Any]], *, edit: Callable[[Any, Any], None] | None = None) -> bytes:
    """``edit(workbook, sheet)`` may add what a good sheet has not."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write(number, place, cell)
        if edit is not None:
            edit(book, sheet)
    return out.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """The archive again, each member through ``change(name, data)``, with more members."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in more.items():
            new.writestr(name, data)
    return out.getvalue()


def store(content: bytes, form: str) -> dict[str, Any]:
    """Put where a gateway would have put it; answers the file as services refer to it."""
    return files.write(files.open_store(), content, district=DISTRICT, media_type=MEDIA_TYPES[form])


def fetch(about: dict[str, Any]) -> bytes:
    found = files.read(files.open_store(), district=DISTRICT, sha256=about["sha256"], limit=2**30)
    assert found is not None
    return found


def rows_of(content: bytes, form: str) -> list[list[str]]:
    """A sheet that came out, as text."""
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    return [
        [str(cell) for cell in row]
        for row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    ]


def use_folder(folder: Path) -> None:
    os.environ["FILES_URL"] = folder.as_uri()
