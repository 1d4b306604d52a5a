"""What became of every row: a file people can filter, and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from contracts.registry.codes_bulk import BulkCode
from contracts.registry.sheets import REPORT_HEADINGS
from services.registry.bulk import writing
from services.registry.bulk.domain import Line

_TEXTS = {"valid": "可导入", "registered": "已登记", "known": "已存在", "refused": "未通过"}


def outcome(line: Line) -> str:
    """``refused`` with a flaw; ``registered`` or ``known`` as it was stored; else ``valid``."""
    return "refused" if line.flaws else line.outcome or "valid"


def summary(lines: Sequence[Line], mode: str) -> dict[str, Any]:
    """Counts by outcome, and of each code how often it was given."""
    counts = Counter(map(outcome, lines))
    codes = Counter(flaw.code for line in lines for flaw in line.flaws)
    found = {name: counts[name] for name in _TEXTS}
    return {"mode": mode, "rows": len(lines), **found, "codes": dict(sorted(codes.items()))}


def write(lines: Sequence[Line], *, form: str) -> bytes:
    """One line per row, or per flaw of it. Never a row's own content: the report stays when the import is forgotten."""
    headings = [[zh for zh, _ in REPORT_HEADINGS], [en for _, en in REPORT_HEADINGS]]
    return writing.write(_rows(lines), form=form, headings=headings)


def _rows(lines: Sequence[Line]) -> Iterator[list[str]]:
    for line in lines:
        told = f"{_TEXTS[outcome(line)]} {outcome(line)}"
        start = [str(line.number), told, line.organisation_id or ""]
        if outcome(line) == "known":
            known = BulkCode.ROW_KNOWN
            yield [*start, "", known.value, known.zh, known.en]
        elif not line.flaws:
            yield [*start, "", "", "", ""]
        for flaw in line.flaws:
            column = f"{flaw.column.zh} {flaw.column.en}" if flaw.column else ""
            yield [*start, column, flaw.code, flaw.zh, flaw.en]
