"""A proposal on paper (PDF) and as a workbook (XLSX): the same facts, laid out twice. Pure: facts in, bytes out."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

FONT = "STSong-Light"
Facts = Mapping[str, Any]
BUDGET_HEADINGS = ("预算项 Line", "类别 Category", "数量 Quantity", "单价 Unit price", "金额 Amount", "说明 Basis")
MILESTONE_HEADINGS = ("日期 Due", "里程碑 Milestone", "拨付期次 Tranche")
ATTACHMENT_HEADINGS = ("类别 Kind", "名称 Title", "SHA-256")
_RISKY = ("=", "+", "-", "@", "\t", "\r")


@cache
def _styles() -> dict[str, ParagraphStyle]:
    """The font that every PDF reader brings for Chinese, registered once; nothing is embedded."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    base = {"fontName": FONT, "wordWrap": "CJK", "alignment": TA_LEFT}
    return {
        "title": ParagraphStyle("title", fontSize=18, leading=26, spaceAfter=4 * mm, **base),
        "heading": ParagraphStyle("heading", fontSize=12, leading=18, spaceBefore=4 * mm, spaceAfter=1 * mm, **base),
        "text": ParagraphStyle("text", fontSize=10.5, leading=16, **base),
        "cell": ParagraphStyle("cell", fontSize=9, leading=12, **base),
    }


def readable(text: object) -> str:
    """Without control characters, which neither XML nor a PDF can show; line breaks stay."""
    return "".join(char for char in str(text) if char >= " " or char == "\n")


def pdf(facts: Facts) -> bytes:
    """The same facts give the same bytes."""
    out = io.BytesIO()
    sheet = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=readable(facts["title"]),
        author=readable(facts["organisation"]),
        invariant=1,
    )
    sheet.build([*_head(facts), *_sections(facts), *_tables(facts)], onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _foot(canvas: Any, sheet: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 8)
    canvas.drawCentredString(A4[0] / 2, 10 * mm, f"— {sheet.page} —")
    canvas.restoreState()


def _paragraph(text: object, style: str) -> Paragraph:
    return Paragraph(escape(readable(text)).replace("\n", "<br/>"), _styles()[style])


def _head(facts: Facts) -> list[Flowable]:
    rows = [[_paragraph(name, "cell"), _paragraph(value, "cell")] for name, value in facts["head"]]
    return [_paragraph(facts["title"], "title"), _grid(rows, (45 * mm, 125 * mm), headings=False)]


def _sections(facts: Facts) -> list[Flowable]:
    made: list[Flowable] = []
    for name, text in facts["sections"]:
        made += [_paragraph(name, "heading"), _paragraph(text, "text")]
    return made


def _tables(facts: Facts) -> list[Flowable]:
    widths = {
        "budget": (42 * mm, 26 * mm, 18 * mm, 24 * mm, 26 * mm, 34 * mm),
        "milestones": (30 * mm, 110 * mm, 30 * mm),
        "attachments": (30 * mm, 60 * mm, 80 * mm),
    }
    made: list[Flowable] = []
    for key, title, headings in _PARTS:
        rows = facts[key]
        if rows:
            cells = [[_paragraph(cell, "cell") for cell in row] for row in (headings, *rows)]
            made += [_paragraph(title, "heading"), _grid(cells, widths[key], headings=True)]
    return [*made, Spacer(1, 4 * mm), _paragraph(facts["commitment"], "cell")]


_PARTS = (
    ("milestones", "时间安排 Timetable", MILESTONE_HEADINGS),
    ("budget", "预算 Budget（元 yuan）", BUDGET_HEADINGS),
    ("attachments", "附件 Attachments", ATTACHMENT_HEADINGS),
)


def _grid(rows: list[list[Paragraph]], widths: Sequence[float], *, headings: bool) -> Table:
    table = Table(rows, colWidths=list(widths), repeatRows=1 if headings else 0)
    lines = [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    if headings:
        lines.append(("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke))
    table.setStyle(TableStyle(lines))
    return table


def xlsx(facts: Facts) -> bytes:
    """Three sheets; every cell is text, so that no spreadsheet program runs one as a formula."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EDF3FA"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        lines = [("方案 Proposal", facts["title"]), *facts["head"], *facts["sections"], ("", facts["commitment"])]
        _sheet(book, "方案 Plan", ("项目 Item", "内容 Content"), lines, (30, 100), (bold, wrapped))
        for key, title, headings in _PARTS:
            name = title.split("（")[0]
            _sheet(book, name, headings, facts[key], (28,) * len(headings), (bold, wrapped))
    return out.getvalue()


def _sheet(
    book: xlsxwriter.Workbook,
    name: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[object]],
    widths: Sequence[int],
    formats: tuple[Any, Any],
) -> None:
    sheet = book.add_worksheet(name)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width, formats[1])
    sheet.freeze_panes(1, 0)
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, formats[0])
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, harmless(readable(cell)), formats[1])


def harmless(text: str) -> str:
    """A cell saved again as CSV must not become a formula either (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_RISKY) else text
