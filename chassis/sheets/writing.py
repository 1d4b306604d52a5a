"""Sheets that go out: what a spreadsheet program would run as a formula goes out as text."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter

from chassis.sheets import cells
from chassis.sheets.columns import MEDIA_TYPES, Column, Texts

Row = Sequence[str]
_WIDTH = 20


def write(rows: Iterable[Row], *, form: str, headings: Sequence[Row], notes: Notes | None = None) -> bytes:
    """The file. ``headings``: one or two lines; ``notes``: a second sheet that explains the columns (XLSX)."""
    return _workbook(rows, headings, notes) if form == "xlsx" else _text(rows, headings)


def _text(rows: Iterable[Row], headings: Sequence[Row]) -> bytes:
    """UTF-8 with its mark: without it Excel takes Chinese text for another encoding."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows(headings)
    writer.writerows([cells.escape(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _workbook(rows: Iterable[Row], headings: Sequence[Row], notes: Notes | None) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(notes.title if notes else "数据 Data")
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
                    sheet.write_string(number, place, cells.escape(cell))
            number += 1
        if notes is not None:
            _explain(book, notes)
    return out.getvalue()


def _explain(book: xlsxwriter.Workbook, notes: Notes) -> None:
    sheet = book.add_worksheet("说明 Notes")
    sheet.set_column(0, 2, 40)
    lines = [("列 Column", "必填 Required", "可填内容 Values")]
    lines += [
        (f"{each.zh} {each.en}", "是 yes" if each.required else "", notes.values_of(each)) for each in notes.columns
    ]
    for number, line in enumerate(lines):
        for place, cell in enumerate(line):
            sheet.write_string(number, place, cell)


@dataclass(frozen=True, kw_only=True)
class Notes:
    """What the second sheet of a template explains. ``choices``: the words of a column, by its name."""

    title: str
    columns: Sequence[Column]
    choices: Mapping[str, Texts]

    def values_of(self, column: Column) -> str:
        """What may be in it."""
        texts = self.choices.get(column.name)
        return "、".join(f"{zh} {en}" for zh, en in texts.values()) if texts else column.values


def template(form: str, *, title: str, columns: Sequence[Column], choices: Mapping[str, Texts]) -> bytes:
    """An empty sheet with both lines of headings; the import knows the second for what it is."""
    taken = [column for column in columns if column.taken]
    headings = [[each.zh + ("*" if each.required else "") for each in taken], [each.en for each in taken]]
    return write([], form=form, headings=headings, notes=Notes(title=title, columns=taken, choices=choices))


def inside(content: bytes, *, name: str, form: str) -> dict[str, str]:
    """A small file inside a reply; the gateway hands out the file itself. ``name``: ASCII, without its ending."""
    encoded = base64.b64encode(content).decode()
    return {"file_name": f"{name}.{form}", "media_type": MEDIA_TYPES[form], "content": encoded}
