"""The form of paper ballots, XLSX or CSV: a line per sheet, a column per candidate. Read in memory, kept nowhere."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from chassis.errors import InvalidError
from contracts.projects.codes_votes import VoteCode

ROWS, COLUMNS = 1002, 60
UNPACKED = 8 * 1024 * 1024
NUMBER, SPOILT = "number", "spoilt"
HEADINGS = {"number": NUMBER, "序号": NUMBER, "spoilt": SPOILT, "废票": SPOILT}
TICKS = frozenset({"1", "x", "v", "√", "✓", "✔", "是", "y", "yes"})
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
_PLACE = re.compile(r"""\br\s*=\s*["']([A-Za-z]{0,9})([0-9]{1,20})["']""")
_CELLS = re.compile(r"xl/worksheets/[^/]+\.xml")


def read(sheet: Mapping[str, Any], *, rules: Mapping[str, Any], candidates: Sequence[str]) -> list[dict[str, Any]]:
    """Entries as they would be typed. Candidates are named by their running number or id in the heading."""
    try:
        content = base64.b64decode(sheet["content"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise _broken() from error
    rows = _table(content) if sheet["format"] == "csv" else _workbook(content)
    lines = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not lines or len(lines) > ROWS:
        raise _broken(rows=len(lines))
    columns = _columns(lines[0][1], candidates)
    return [_entry(row, columns, rules, line) for line, row in lines[1:]]


def _broken(**details: Any) -> InvalidError:
    return InvalidError(VoteCode.BATCH_SHEET, **details)


def _table(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        try:
            return [row[:COLUMNS] for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
        except csv.Error as error:
            raise _broken() from error
    raise _broken()


def _workbook(content: bytes) -> list[list[str]]:
    _guard(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError, IndexError) as error:
        raise _broken() from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, and no Exception: it would end the process
            raise
        raise _broken() from error
    return [[_text(cell) for cell in row] for row in rows]


def _guard(content: bytes) -> None:
    """Before anything trusts it: bounded when unpacked, and no cell far outside that would make a reader allocate."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > UNPACKED or len(members) > 200:
                raise _broken()
            cells = [archive.read(member) for member in members if _CELLS.fullmatch(member.filename)]
            others = {member.filename for member in members} - {"[Content_Types].xml"}
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise _broken() from error
    strange = any("worksheet" in name.lower() and not _plain(name) for name in others)
    if strange or not cells or any(_far(data) for data in cells):
        raise _broken()


def _plain(name: str) -> bool:
    return bool(_CELLS.fullmatch(name)) or name.startswith("xl/worksheets/_rels/")


def _far(data: bytes) -> bool:
    """A place outside the form, or a spelling that could hide one."""
    if b"\x00" in data or b"<!" in data or b"&#" in data:
        return True
    text = data.decode("utf-8", errors="replace")
    return any(int(row) > ROWS + 1 or _column(letters) > COLUMNS for letters, row in _PLACE.findall(text))


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return "1" if cell else ""
    return str(cell)


def _columns(heading: Sequence[str], candidates: Sequence[str]) -> list[str | None]:
    """What each column is: the number, whether it is spoilt, or a candidate."""
    known = {**HEADINGS, **{str(place): candidate for place, candidate in enumerate(candidates, 1)}}
    known |= {candidate: candidate for candidate in candidates}
    names = [cell.strip().split(" ")[0].lower() for cell in heading]
    columns = [known.get(name) for name in names]
    found = [column for column in columns if column]
    unknown = [name for name, column in zip(names, columns, strict=True) if name and not column]
    if unknown or NUMBER not in found or len(found) != len(set(found)):
        raise _broken(headings=unknown[:10])
    return columns


def _entry(row: Sequence[str], columns: Sequence[str | None], rules: Mapping[str, Any], line: int) -> dict[str, Any]:
    cells = {column: cell.strip() for column, cell in zip(columns, row, strict=False) if column}
    entry: dict[str, Any] = {"number": _whole(cells.pop(NUMBER, ""), line), "spoilt": False, "absent": False}
    entry["spoilt"] = cells.pop(SPOILT, "").lower() in TICKS
    filled = {candidate: cell for candidate, cell in cells.items() if cell}
    if not filled:
        return entry
    if rules["method"] == "approval":
        if any(cell.lower() not in TICKS for cell in filled.values()):
            raise _broken(row=line)
        return {**entry, "proposal_ids": list(filled)}
    numbers = {candidate: _whole(cell, line) for candidate, cell in filled.items()}
    if rules["method"] == "points":
        return {**entry, "points": numbers}
    if sorted(numbers.values()) != list(range(1, len(numbers) + 1)):
        raise _broken(row=line)
    return {**entry, "proposal_ids": sorted(numbers, key=lambda candidate: numbers[candidate])}


def _whole(cell: str, line: int) -> int:
    if not re.fullmatch(r"[0-9]{1,8}", cell):
        raise _broken(row=line)
    return int(cell)


def form(candidates: Sequence[tuple[str, str]], *, form: str) -> dict[str, Any]:
    """The form to fill in: ``candidates`` as id and title, by their running number on the paper."""
    heading = ["序号", *(f"{place} {title}" for place, (_, title) in enumerate(candidates, 1)), "废票"]
    content = _csv(heading) if form == "csv" else _xlsx(heading)
    return {
        "file_name": f"paper-ballots.{form}",
        "media_type": MEDIA_TYPES[form],
        "content": base64.b64encode(content).decode(),
    }


def _csv(heading: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([" " + cell if cell[:1] in "=+-@\t\r" else cell for cell in heading])
    return ("\ufeff" + text.getvalue()).encode()


def _xlsx(heading: Sequence[str]) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        page = book.add_worksheet("ballots")
        for place, cell in enumerate(heading):
            page.write_string(0, place, cell)
        page.freeze_panes(1, 1)
    return file.getvalue()
