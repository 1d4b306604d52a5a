"""A table on paper (PDF) and as a workbook (XLSX): the same rows, laid out twice. Pure: facts in, bytes out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

FONT = "STSong-Light"
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_WIDTH = landscape(A4)[0] - 30 * mm


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What is printed: a title, lines about it, headings with their share of the width, rows, a last line."""

    title: str
    about: Sequence[tuple[str, str]]
    headings: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[object]]
    foot: str


@cache
def _styles() -> dict[str, ParagraphStyle]:
    """The font that every PDF reader brings for Chinese, registered once; nothing is embedded."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    base = {"fontName": FONT, "wordWrap": "CJK", "alignment": TA_LEFT}
    return {
        "title": ParagraphStyle("title", fontSize=16, leading=24, spaceAfter=2 * mm, **base),
        "text": ParagraphStyle("text", fontSize=9, leading=13, **base),
        "cell": ParagraphStyle("cell", fontSize=8, leading=10.5, **base),
    }


def readable(text: object) -> str:
    """Without control characters, which neither XML nor a PDF can show; line breaks stay."""
    return "".join(char for char in str(text) if char >= " " or char == "\n")


def harmless(text: str) -> str:
    """A cell saved again as CSV must not become a formula either (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_RISKY) else text


def _paragraph(text: object, style: str) -> Paragraph:
    return Paragraph(escape(readable(text)).replace("\n", "<br/>"), _styles()[style])


def pdf(sheet: Sheet) -> bytes:
    """The same sheet gives the same bytes."""
    out = io.BytesIO()
    edges = {"leftMargin": 15 * mm, "rightMargin": 15 * mm, "topMargin": 14 * mm, "bottomMargin": 16 * mm}
    made = SimpleDocTemplate(out, pagesize=landscape(A4), title=readable(sheet.title), invariant=1, **edges)
    story: list[Flowable] = [_paragraph(sheet.title, "title")]
    story += [_paragraph(f"{name}：{value}", "text") for name, value in sheet.about]
    story += [Spacer(1, 3 * mm), _table(sheet), Spacer(1, 3 * mm), _paragraph(sheet.foot, "text")]
    made.build(story, onFirstPage=_number, onLaterPages=_number)
    return out.getvalue()


def _table(sheet: Sheet) -> LongTable:
    shares = [share for _, share in sheet.headings]
    cells = [[_paragraph(cell, "cell") for cell in row] for row in ([name for name, _ in sheet.headings], *sheet.rows)]
    table = LongTable(cells, colWidths=[_WIDTH * share / sum(shares) for share in shares], repeatRows=1)
    lines: list[Any] = [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    table.setStyle(TableStyle([*lines, ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke)]))
    return table


def _number(canvas: Any, sheet: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 8)
    canvas.drawCentredString(landscape(A4)[0] / 2, 8 * mm, f"— {sheet.page} —")
    canvas.restoreState()


def xlsx(sheet: Sheet) -> bytes:
    """Two sheets, the rows and what they are; every cell is text, so that no program runs one as a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EDF3FA"})
        plain = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        _write(book, "清单 Rows", [name for name, _ in sheet.headings], sheet.rows, (bold, plain))
        about = [("标题 Title", sheet.title), *sheet.about, ("", sheet.foot)]
        _write(book, "说明 About", ("项目 Item", "内容 Content"), about, (bold, plain))
    return out.getvalue()


def _write(
    book: Any, name: str, headings: Sequence[str], rows: Sequence[Sequence[object]], formats: tuple[Any, Any]
) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(headings) - 1, 24, formats[1])
    sheet.freeze_panes(1, 0)
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, formats[0])
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, harmless(readable(cell)), formats[1])
