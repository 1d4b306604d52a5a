"""Rules of cells: which column a heading names, what a cell means, what may not be in one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chassis.codes import Code
from chassis.errors import InvalidError
from chassis.sheets.codes import SheetCode
from chassis.sheets.columns import Column

# CSV injection (OWASP): what a spreadsheet program would run as a formula; full width too, as East Asian ones do.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_MASKED = re.compile(r"^(.\*{1,2}|[0-9]{3}\*{4}[0-9]{4})\Z")
_SEPARATORS = re.compile(r"[、,，;；/|\s]+")
_BLANK = re.compile(r"[\s　*＊:：]+")


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a row: the column (``None``: the row as a whole), a code, and more words where there are."""

    column: Column | None
    code: str
    zh: str
    en: str

    @classmethod
    def of(cls, code: Code, column: Column | None = None, *, more: str = "") -> Flaw:
        return cls(column, code.value, code.zh + (f"：{more}" if more else ""), code.en + (f": {more}" if more else ""))


@dataclass
class Line:
    """A row of the sheet: its number there (1 is the first line), its cells by column name, and what became of it."""

    number: int
    cells: dict[str, Any]
    formulas: frozenset[str] = frozenset()
    flaws: list[Flaw] = field(default_factory=list)
    outcome: str = ""
    made_id: str | None = None


def heading_key(text: object) -> str:
    """Width, case, blanks and the star of a required column do not matter."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", str(text or ""))).casefold()


def _by_heading(known: Sequence[Column]) -> dict[str, Column]:
    return {heading_key(text): column for column in known for text in (column.zh, column.en, column.name)}


def match_headings(row: Sequence[object], known: Sequence[Column]) -> list[Column | None]:
    """The column of each heading, ``None`` under a blank one. Refuses unknown, repeated and missing ones."""
    by_heading = _by_heading(known)
    found = [by_heading.get(heading_key(cell)) for cell in row]
    unknown = [str(cell)[:60] for cell, column in zip(row, found, strict=True) if column is None and heading_key(cell)]
    if unknown:
        raise InvalidError(SheetCode.HEADING_UNKNOWN, headings=unknown[:10], known=[each.zh for each in known])
    names = [column.name for column in found if column]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise InvalidError(SheetCode.HEADING_REPEATED, columns=repeated)
    missing = [column.zh for column in known if column.required and column.name not in names]
    if missing:
        raise InvalidError(SheetCode.HEADING_MISSING, columns=missing)
    return found


def repeats_headings(row: Sequence[object], columns: Sequence[Column | None], known: Sequence[Column]) -> bool:
    """The second line of the template: the same headings in the other language."""
    by_heading = _by_heading(known)
    told = [(by_heading.get(heading_key(cell)), column) for cell, column in zip(row, columns, strict=False)]
    return any(column for _, column in told) and all(found is column for found, column in told)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet program would take the text for a formula."""
    return text.startswith(FORMULA_STARTS) or text.lstrip(" 　").startswith(FORMULA_STARTS)


def is_masked(column: Column, text: str) -> bool:
    """A value that an export had masked."""
    return column.personal and bool(_MASKED.match(text))


def text_of(cell: object) -> str:
    """A cell as text: numbers without a trailing ``.0``, dates as YYYY-MM-DD. Only what is typed can be a formula."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e18 else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def escape(text: str) -> str:
    """What goes out again must not run: a leading apostrophe makes a formula text."""
    return f"'{text}" if is_formula(text) else text


def read_cells(line: Line, columns: Sequence[Column]) -> dict[str, str]:
    """The taken cells as text; a formula or a masked value becomes a flaw and is left out."""
    found = {}
    for column in columns:
        if not column.taken or column.name not in line.cells:
            continue
        cell = line.cells[column.name]
        text = text_of(cell)
        if column.name in line.formulas or (isinstance(cell, str) and is_formula(text)):
            line.flaws.append(Flaw.of(SheetCode.CELL_FORMULA, column))
        elif is_masked(column, text.strip()):
            line.flaws.append(Flaw.of(SheetCode.VALUE_MASKED, column))
        elif text.strip():
            found[column.name] = text.strip()
    return found


def code_of(text: str, texts: Mapping[str, tuple[str, str]]) -> str | None:
    """``备案``, ``Filed`` or ``filed`` → ``filed``."""
    key = heading_key(text)
    return next((code for code, names in texts.items() if key in (code, *map(heading_key, names))), None)


def codes_of(text: str, taxonomy: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """``助老、文体`` → its codes, and the words the taxonomy does not have. ``taxonomy``: code by heading key."""
    words = [word for word in _SEPARATORS.split(text) if word]
    whole = taxonomy.get(heading_key(text))
    if whole is not None:  # names may hold a separator themselves
        return [whole], []
    known = [taxonomy[heading_key(word)] for word in words if heading_key(word) in taxonomy]
    return known, [word for word in words if heading_key(word) not in taxonomy]
