"""Sheets that go out: what a spreadsheet program would run as a formula goes out as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from contracts.registry.sheets import COLUMNS, KIND_TEXTS, TIER_TEXTS, Column
from services.registry.bulk import domain

Row = Sequence[str]
_WIDTH = 20


def write(rows: Iterable[Row], *, form: str, headings: Sequence[Row], choices: bool = False) -> bytes:
    """The file. ``headings``: one or two lines; ``choices``: a second sheet that explains the columns (XLSX)."""
    return _workbook(rows, headings, choices) if form == "xlsx" else _text(rows, headings)


def _text(rows: Iterable[Row], headings: Sequence[Row]) -> bytes:
    """UTF-8 with its mark: without it Excel takes Chinese text for another encoding."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows(headings)
    writer.writerows([domain.escape(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _workbook(rows: Iterable[Row], headings: Sequence[Row], choices: bool) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("组织 Organisations" if choices else "数据 Data")
        bold = book.add_format({"bold": True, "bg_color": "#EDF3FA"})
        sheet.set_column(0, max(len(headings[0]) - 1, 0), _WIDTH, book.add_format({"num_format": "@"}))
        sheet.freeze_panes(len(headings), 0)
        number = 0
        for row in headings:
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell, bold)
            number += 1
        for row in rows:
            for place, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, place, domain.escape(cell))
            number += 1
        if choices:
            _explain(book)
    return out.getvalue()


def _explain(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet("说明 Notes")
    sheet.set_column(0, 2, 40)
    lines = [("列 Column", "必填 Required", "可填内容 Values")]
    lines += [(f"{each.zh} {each.en}", "是 yes" if each.required else "", _values(each)) for each in taken()]
    for number, line in enumerate(lines):
        for place, cell in enumerate(line):
            sheet.write_string(number, place, cell)


def _values(column: Column) -> str:
    texts = {"kind": KIND_TEXTS, "legal_tier": TIER_TEXTS}.get(column.name)
    if texts:
        return "、".join(f"{zh} {en}" for zh, en in texts.values())
    return {
        "fields": "名称或代码，用顿号分隔 / names or codes, separated by commas",
        "street_code": "名称或 9 位代码 / name or 9 digits",
        "community_code": "名称或 12 位代码 / name or 12 digits",
        "hub_id": "名称、信用代码或编号 / name, credit code or id",
        "founded_on": "YYYY-MM-DD",
    }.get(column.name, "")


def taken() -> list[Column]:
    """The columns an import takes."""
    return [column for column in COLUMNS if column.taken]


def template(form: str) -> bytes:
    """An empty sheet with both lines of headings; the import knows the second for what it is."""
    columns = taken()
    headings = [[each.zh + ("*" if each.required else "") for each in columns], [each.en for each in columns]]
    return write([], form=form, headings=headings, choices=True)
