"""A file of the store as lines: guarded first, then read by python-calamine (XLSX) or the csv module."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from chassis.errors import InvalidError
from chassis.sheets import cells, packed
from chassis.sheets.cells import Line
from chassis.sheets.codes import SheetCode
from chassis.sheets.columns import MEDIA_TYPES, Column
from chassis.sheets.packed import Limits

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_DELIMITERS = (",", "\t", ";")
Rows = Iterable[tuple[int, Sequence[Any]]]


def read_lines(content: bytes, *, media_type: str, limits: Limits, known: Sequence[Column]) -> list[Line]:
    """Every line with something in it; refuses the whole file with a code that says why."""
    if len(content) > limits.packed:
        raise InvalidError(SheetCode.FILE_TOO_LARGE, limit=limits.packed)
    if media_type == MEDIA_TYPES["xlsx"]:
        rows, formulas = _workbook(content, limits)
        return _lines(rows, formulas, limits, known)
    if media_type == MEDIA_TYPES["csv"]:
        return _lines(_table(content, limits), frozenset(), limits, known)
    raise InvalidError(SheetCode.FORMAT_UNSUPPORTED, media_type=media_type)


def _lines(rows: Rows, formulas: frozenset[tuple[int, int]], limits: Limits, known: Sequence[Column]) -> list[Line]:
    filled = ((number, row) for number, row in rows if any(cells.text_of(cell).strip() for cell in row))
    first = next(filled, None)
    if first is None:
        raise InvalidError(SheetCode.EMPTY)
    columns = cells.match_headings(first[1], known)
    lines: list[Line] = []
    for number, row in filled:
        if not lines and number == first[0] + 1 and cells.repeats_headings(row, columns, known):
            continue
        _refuse_nameless(number, row, columns)
        found = {column.name: cell for column, cell in zip(columns, row, strict=False) if column}
        at = {column.name: (number, place) for place, column in enumerate(columns, 1) if column}
        lines.append(Line(number, found, frozenset(name for name in at if at[name] in formulas)))
    if not lines:
        raise InvalidError(SheetCode.EMPTY)
    if len(lines) > limits.rows:
        raise InvalidError(SheetCode.ROWS_TOO_MANY, limit=limits.rows, rows=len(lines))
    return lines


def _refuse_nameless(number: int, row: Sequence[Any], columns: Sequence[Column | None]) -> None:
    """Something under no heading: left out in silence, it would be missed later."""
    for place, cell in enumerate(row):
        if (place >= len(columns) or columns[place] is None) and cells.text_of(cell).strip():
            raise InvalidError(SheetCode.HEADING_MISSING, row=number, column=place + 1)


def _workbook(content: bytes, limits: Limits) -> tuple[Rows, frozenset[tuple[int, int]]]:
    formulas = packed.formulas(content, limits)
    try:
        index, rows = _first_table(content)
    except (CalamineError, ValueError, OSError) as error:
        raise InvalidError(SheetCode.FILE_BROKEN) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, and no Exception: it would end the job process
            raise
        raise InvalidError(SheetCode.FILE_BROKEN) from error
    if index >= len(formulas):
        raise InvalidError(SheetCode.FILE_BROKEN)
    return enumerate(rows, 1), formulas[index]


def _first_table(content: bytes) -> tuple[int, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    index = _first_sheet(book)
    return index, book.get_sheet_by_index(index).to_python(skip_empty_area=False)


def _first_sheet(book: CalamineWorkbook) -> int:
    for index, sheet in enumerate(book.sheets_metadata):
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            return index
    raise InvalidError(SheetCode.EMPTY)


def _table(content: bytes, limits: Limits) -> Iterator[tuple[int, Sequence[str]]]:
    text = decode(content)
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for row in reader:
            number += 1
            packed.check_size(number, len(row), limits)
            yield number, row
    except csv.Error as error:
        raise InvalidError(SheetCode.FILE_BROKEN, row=number + 1) from error


def decode(content: bytes) -> str:
    """UTF-8 with or without its mark, else GB18030 (which holds GBK and GB 2312); nothing is guessed beyond that."""
    if content.startswith(_WIDE) or b"\x00" in content:
        raise InvalidError(SheetCode.ENCODING_UNSUPPORTED)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidError(SheetCode.ENCODING_UNSUPPORTED)
