"""A platform record on paper (PDF) and as a workbook (XLSX): facts in, bytes out. It is no certificate."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

FONT = "STSong-Light"
HEADINGS = ("日期 Date", "活动 Activity", "参与方式 Part", "到场 Arrival", "离场 Departure", "分钟 Minutes")
WIDTHS = (24, 62, 24, 22, 22, 16)
_RISKY = ("=", "+", "-", "@", "\t", "\r")
Facts = Mapping[str, Any]


@cache
def _style(size: float) -> ParagraphStyle:
    """The font that every PDF reader brings for Chinese; nothing is embedded."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return ParagraphStyle(f"size {size}", fontName=FONT, fontSize=size, leading=size * 1.5, wordWrap="CJK")


def _readable(text: object) -> str:
    """Without control characters, which neither XML nor a PDF can show."""
    return "".join(char for char in str(text) if char >= " ")


def _paragraph(text: object, size: float = 9) -> Paragraph:
    return Paragraph(escape(_readable(text)), _style(size))


def pdf(facts: Facts) -> bytes:
    """The same facts give the same bytes."""
    out, title = io.BytesIO(), _readable(facts["title"])
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 18 * mm)
    sheet = SimpleDocTemplate(out, pagesize=A4, title=title, invariant=1, **margins)
    head = [[_paragraph(name), _paragraph(value)] for name, value in facts["head"]]
    rows = [[_paragraph(cell) for cell in row] for row in (HEADINGS, *facts["rows"])]
    story: list[Flowable] = [
        _paragraph(title, 18),
        Spacer(1, 4 * mm),
        _grid(head, (45, 125)),
        Spacer(1, 4 * mm),
        _grid(rows, WIDTHS, repeat=1),
        Spacer(1, 4 * mm),
        *(_paragraph(line) for line in facts["notes"]),
    ]
    sheet.build(story)
    return out.getvalue()


def _grid(rows: list[list[Paragraph]], widths: Sequence[float], *, repeat: int = 0) -> Table:
    table = Table(rows, colWidths=[width * mm for width in widths], repeatRows=repeat)
    lines = [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    table.setStyle(TableStyle(lines))
    return table


def xlsx(facts: Facts) -> bytes:
    """Two sheets; every cell is text but the minutes, so that no spreadsheet program runs one as a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        summary = book.add_worksheet("平台记录 Platform record")
        summary.set_column(0, 1, 48)
        lines = [("", facts["title"]), *facts["head"], *(("", note) for note in facts["notes"])]
        for number, (name, value) in enumerate(lines):
            summary.write_string(number, 0, _harmless(name))
            summary.write_string(number, 1, _harmless(value))
        details = book.add_worksheet("明细 Details")
        details.set_column(0, len(HEADINGS) - 1, 24)
        details.freeze_panes(1, 0)
        for place, heading in enumerate(HEADINGS):
            details.write_string(0, place, heading)
        for number, row in enumerate(facts["rows"], start=1):
            for place, cell in enumerate(row[:-1]):
                details.write_string(number, place, _harmless(cell))
            details.write_number(number, len(row) - 1, row[-1])
    return out.getvalue()


def _harmless(cell: object) -> str:
    """Saved again as CSV, it must not become a formula either (OWASP, CSV injection)."""
    text = _readable(cell)
    return f"'{text}" if text.startswith(_RISKY) else text
