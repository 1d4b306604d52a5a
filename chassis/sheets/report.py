"""What became of every row: a file people can filter, and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.codes import Code
from chassis.sheets import writing
from chassis.sheets.cells import Line

VALID, REFUSED, KNOWN = "valid", "refused", "known"


@dataclass(frozen=True, kw_only=True)
class Wording:
    """``outcomes``: each with its Chinese word; ``known``: said of a row that is there already; ``id_heading``: of
    what a row became."""

    outcomes: Mapping[str, str]
    known: Code
    id_heading: tuple[str, str]

    def headings(self) -> list[list[str]]:
        """Two lines: Chinese, English."""
        both = (
            ("行", "Row"),
            ("结果", "Outcome"),
            self.id_heading,
            ("列", "Column"),
            ("代码", "Code"),
            ("说明", "Message (Chinese)"),
            ("英文说明", "Message (English)"),
        )
        return [[zh for zh, _ in both], [en for _, en in both]]


def outcome(line: Line) -> str:
    """``refused`` with a flaw; else as it was stored; else ``valid``."""
    return REFUSED if line.flaws else line.outcome or VALID


def summary(lines: Sequence[Line], mode: str, wording: Wording) -> dict[str, Any]:
    """Counts by outcome, and of each code how often it was given."""
    counts = Counter(map(outcome, lines))
    codes = Counter(flaw.code for line in lines for flaw in line.flaws)
    found = {name: counts[name] for name in wording.outcomes}
    return {"mode": mode, "rows": len(lines), **found, "codes": dict(sorted(codes.items()))}


def write(lines: Sequence[Line], *, form: str, wording: Wording) -> bytes:
    """One line per row, or per flaw of it. Never a row's own content: the report stays when the import is forgotten."""
    return writing.write(_rows(lines, wording), form=form, headings=wording.headings())


def _rows(lines: Sequence[Line], wording: Wording) -> Iterator[list[str]]:
    for line in lines:
        told = f"{wording.outcomes[outcome(line)]} {outcome(line)}"
        start = [str(line.number), told, line.made_id or ""]
        if outcome(line) == KNOWN:
            yield [*start, "", wording.known.value, wording.known.zh, wording.known.en]
        elif not line.flaws:
            yield [*start, "", "", "", ""]
        for flaw in line.flaws:
            column = f"{flaw.column.zh} {flaw.column.en}" if flaw.column else ""
            yield [*start, column, flaw.code, flaw.zh, flaw.en]
