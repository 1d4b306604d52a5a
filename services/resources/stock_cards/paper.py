"""A stock card on paper (PDF) and as a workbook (XLSX): the same facts, laid out twice. Pure: facts in, bytes out."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from contracts.resources.stock_cards import MOVEMENTS

FONT = "STSong-Light"
TITLE = "资源台账卡 Stock card"
HEADINGS = (
    *("序号 No.", "时间 At", "变动 Movement", "余量变动 Δ free", "余量 Free", "预留 Reserved"),
    *("已移交 Handed over", "核销 Retired", "说明 Note"),
)
BATCH_HEADINGS = ("批号 Batch", "有效期 Expires", "数量 Quantity", "剩余 Left", "已移交 Handed over", "核销 Retired")
_WIDTHS = tuple(width * mm for width in (14, 38, 36, 26, 26, 26, 30, 26, 40))
_RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Card:
    """What is laid out: pairs of the head, views of movements (oldest first) and of batches."""

    head: Sequence[tuple[str, str]]
    movements: Sequence[Mapping[str, Any]]
    batches: Sequence[Mapping[str, Any]]


def rows_of(card: Card) -> Iterator[tuple[str | int, ...]]:
    """The movements as rows under :data:`HEADINGS`."""
    for one in card.movements:
        zh, en = MOVEMENTS[one["kind"]]
        after = (one[f"{place}_after"] for place in ("free", "reserved", "handed_over", "retired"))
        yield one["number"], one["at"], f"{zh} {en}", one["free_after"] - one["free_before"], *after, one["note"]


def _batch_rows(card: Card) -> Iterator[tuple[str | int, ...]]:
    for one in card.batches:
        counts = (one[name] for name in ("quantity", "left", "handed_over", "retired"))
        yield one["label"], one["expires_on"] or "—", *counts


def xlsx(card: Card) -> bytes:
    """Numbers are numbers; text that a spreadsheet program would run goes out behind an apostrophe."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EDF3FA"})
        sheet = book.add_worksheet("台账 Ledger")
        sheet.set_column(0, len(HEADINGS) - 1, 18)
        for number, (name, value) in enumerate(card.head):
            sheet.write_string(number, 0, name, bold)
            sheet.write_string(number, 1, _plain(value))
        _write(sheet, len(card.head) + 1, HEADINGS, rows_of(card), bold)
        if card.batches:
            batches = book.add_worksheet("批次 Batches")
            batches.set_column(0, len(BATCH_HEADINGS) - 1, 18)
            _write(batches, 0, BATCH_HEADINGS, _batch_rows(card), bold)
    return out.getvalue()


def _write(sheet: Any, first: int, headings: Sequence[str], rows: Iterator[tuple[str | int, ...]], bold: Any) -> None:
    for place, heading in enumerate(headings):
        sheet.write_string(first, place, heading, bold)
    for number, row in enumerate(rows, first + 1):
        for place, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, place, cell)
            else:
                sheet.write_string(number, place, _plain(cell))


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


@cache
def _styles() -> dict[str, ParagraphStyle]:
    """The font that every PDF reader brings for Chinese, registered once; nothing is embedded."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    base = {"fontName": FONT, "wordWrap": "CJK"}
    return {
        "title": ParagraphStyle("title", fontSize=16, leading=24, **base),
        "cell": ParagraphStyle("cell", fontSize=8.5, leading=11, **base),
    }


def pdf(card: Card) -> bytes:
    """The same facts give the same bytes."""
    out = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 16 * mm)
    sheet = SimpleDocTemplate(out, pagesize=landscape(A4), title=TITLE, invariant=1, **margins)
    made: list[Any] = [_paragraph(TITLE, "title"), _grid(card.head, (45 * mm, 170 * mm), headings=False)]
    made += [Spacer(1, 4 * mm), _grid([HEADINGS, *rows_of(card)], _WIDTHS, headings=True)]
    if card.batches:
        widths = tuple(width * mm for width in (50, 40, 40, 40, 45, 40))
        made += [Spacer(1, 4 * mm), _grid([BATCH_HEADINGS, *_batch_rows(card)], widths, headings=True)]
    sheet.build(made, onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _foot(canvas: Any, sheet: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 8)
    canvas.drawCentredString(landscape(A4)[0] / 2, 8 * mm, f"— {sheet.page} —")
    canvas.restoreState()


def _paragraph(text: object, style: str) -> Paragraph:
    shown = "".join(char for char in str(text) if char >= " ")
    return Paragraph(escape(shown), _styles()[style])


def _grid(rows: Sequence[Sequence[object]], widths: Sequence[float], *, headings: bool) -> Table:
    cells = [[_paragraph(cell, "cell") for cell in row] for row in rows]
    table = Table(cells, colWidths=list(widths), repeatRows=1 if headings else 0)
    lines = [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    if headings:
        lines.append(("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke))
    table.setStyle(TableStyle(lines))
    return table
