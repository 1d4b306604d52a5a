"""The little of a workbook's XML that must be known before it is read: its sheets, its extent, its formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

_REFERENCE = re.compile(r"^([A-Za-z]{1,7})([0-9]{1,10})\Z")


class NotXmlError(ValueError):
    """The bytes are no XML document, or one that declares entities."""


@dataclass
class Markup:
    """What a member says: the largest row and column, cells with formulas, sheets by relation, relations' targets."""

    rows: int = 0
    columns: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    sheets: list[str] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)
    cell: tuple[int, int] = (0, 0)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "c":
                self._move(attributes.get("r", ""))
            case "row":
                self._row(attributes.get("r", ""))
            case "f":
                self.formulas.add(self.cell)
            case "sheet":
                relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
                self.sheets.append(relation)
            case "Relationship":
                self.targets[attributes.get("Id", "")] = attributes.get("Target", "")
            case _:
                pass

    def _row(self, text: str) -> None:
        row = int(text) if text.isdecimal() and len(text) <= 10 else self.cell[0] + 1
        self.cell = (row, 0)
        self.rows = max(self.rows, row)

    def _move(self, text: str) -> None:
        found = _REFERENCE.match(text)
        row, column = (int(found[2]), _number(found[1])) if found else (self.cell[0], self.cell[1] + 1)
        self.cell = (row, column)
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def read_markup(data: bytes) -> Markup:
    """Raises :class:`NotXmlError`; a document type is refused, so that no entity ever expands."""
    found = Markup()
    parser = expat.ParserCreate()
    parser.StartElementHandler = found.start
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise NotXmlError(str(error)) from error
    return found


def _refuse(*_: object) -> None:
    raise NotXmlError("a document type")


def _number(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
