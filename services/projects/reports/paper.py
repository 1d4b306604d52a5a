"""A record on paper (PDF) and as a workbook (XLSX): head, texts and tables, laid out twice. Pure: facts in, bytes out.

``facts``: ``title``, ``organisation``, ``head`` (pairs), ``sections`` (pairs), ``tables`` (``(name, headings, rows)``).
"""

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
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

from services.projects.proposals.paper import FONT, harmless, readable

Facts = Mapping[str, Any]
WIDTH = 170 * mm
SHEET_NAME = 31  # characters a sheet's name may have


@cache
def _styles() -> dict[str, ParagraphStyle]:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    base = {"fontName": FONT, "wordWrap": "CJK"}
    return {
        "title": ParagraphStyle("title", fontSize=18, leading=26, spaceAfter=4 * mm, **base),
        "heading": ParagraphStyle("heading", fontSize=12, leading=18, spaceBefore=4 * mm, spaceAfter=1 * mm, **base),
        "text": ParagraphStyle("text", fontSize=10.5, leading=16, **base),
        "cell": ParagraphStyle("cell", fontSize=9, leading=12, **base),
    }


def pdf(facts: Facts) -> bytes:
    """The same facts give the same bytes."""
    out = io.BytesIO()
    title, author = readable(facts["title"]), readable(facts["organisation"])
    margins = {"leftMargin": 20 * mm, "rightMargin": 20 * mm}
    sheet = SimpleDocTemplate(out, pagesize=A4, title=title, author=author, invariant=1, **margins)
    made: list[Flowable] = [_paragraph(facts["title"], "title"), _grid(facts["head"], headings=False)]
    for name, text in facts["sections"]:
        made += [_paragraph(name, "heading"), _paragraph(text, "text")]
    for name, headings, rows in facts["tables"]:
        if rows:
            made += [_paragraph(name, "heading"), _grid([headings, *rows], headings=True)]
    sheet.build(made)
    return out.getvalue()


def _paragraph(text: object, style: str) -> Paragraph:
    return Paragraph(escape(readable(text)).replace("\n", "<br/>"), _styles()[style])


def _grid(rows: Sequence[Sequence[object]], *, headings: bool) -> Table:
    cells = [[_paragraph(cell, "cell") for cell in row] for row in rows]
    table = Table(cells, colWidths=[WIDTH / len(rows[0])] * len(rows[0]), repeatRows=1 if headings else 0)
    lines = [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    if headings:
        lines.append(("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke))
    table.setStyle(TableStyle(lines))
    return table


def xlsx(facts: Facts) -> bytes:
    """Every cell is text, so that no spreadsheet program runs one as a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EDF3FA"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        lines = [("标题 Title", facts["title"]), *facts["head"], *facts["sections"]]
        tables = [("正文 Text", ("项目 Item", "内容 Content"), lines), *facts["tables"]]
        for name, headings, rows in tables:
            sheet = book.add_worksheet(name[:SHEET_NAME])
            sheet.set_column(0, len(headings) - 1, 36, wrapped)
            sheet.freeze_panes(1, 0)
            for place, heading in enumerate(headings):
                sheet.write_string(0, place, heading, bold)
            for number, row in enumerate(rows, start=1):
                for place, cell in enumerate(row):
                    sheet.write_string(number, place, harmless(readable(cell)), wrapped)
    return out.getvalue()


WRITERS = {"pdf": pdf, "xlsx": xlsx}
