"""What does not add up in a Pabulib file though it can be decided: counts, ballots longer or shorter than META allows.

Ballots count as they stand; each doubt is one line with how many ballots it is about and the first of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from services.projects.allocation.model import AllocationError

Row = Mapping[str, str]
SHOWN = 3


def check_columns(section: str, columns: Sequence[str], needed: Sequence[str]) -> None:
    """The columns that decide are there, and each once."""
    missing = [name for name in needed if name not in columns]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if missing:
        names = ", ".join(missing)
        raise AllocationError("file_invalid", f"{section} 缺少列：{names}。", f"{section} has no column {names}.")
    if twice:
        names = ", ".join(twice)
        raise AllocationError(
            "file_invalid", f"{section} 的列重复：{names}。", f"{section} has the column {names} twice."
        )


def of(meta: Row, projects: Sequence[Row], votes: Sequence[Row]) -> list[str]:
    """Every doubt, in two languages."""
    return [
        *_counts(meta, {"num_projects": len(projects), "num_votes": len(votes)}),
        *_twice(votes),
        *_limits(meta, projects, votes),
    ]


def _counts(meta: Row, counted: Mapping[str, int]) -> list[str]:
    found = []
    for key, have in counted.items():
        want = _number(meta.get(key))
        if want is not None and want != have:
            found.append(f"META {key} {meta[key]}，实有 {have} 行 but the file has {have} rows")
    return found


def _twice(votes: Sequence[Row]) -> list[str]:
    seen: set[str] = set()
    voters, ballots, cut = [], [], []
    for number, row in enumerate(votes, start=1):
        voter, listed = row.get("voter_id", ""), _cells(row.get("vote"))
        if voter and voter in seen:
            voters.append(number)
        seen.add(voter)
        if len(set(listed)) != len(listed):
            ballots.append(number)
        if "vote" not in row:
            cut.append(number)
    return [
        *_line("选民编号重复，各计一票", "the voter id has occurred before, each counts", voters),
        *_line("同一项目列出多次，计一次", "a project is listed more than once, it counts once", ballots),
        *_line("行不完整，计为空白票", "the row ends before its vote, a blank ballot", cut),
    ]


def _limits(meta: Row, projects: Sequence[Row], votes: Sequence[Row]) -> list[str]:
    costs = {row.get("project_id", ""): _number(row.get("cost")) or Fraction(0) for row in projects}
    measures: dict[str, Callable[[Row], list[Fraction]]] = {
        "length": lambda row: [Fraction(len(set(_cells(row.get("vote")))))],
        "sum_cost": lambda row: [
            sum((costs.get(name, Fraction(0)) for name in set(_cells(row.get("vote")))), Fraction(0))
        ],
        "points": _points,
        "sum_points": lambda row: [sum(_points(row), Fraction(0))],
    }
    found = []
    for name, measure in measures.items():
        least, most = _number(meta.get(f"min_{name}")), _number(meta.get(f"max_{name}"))
        if (least, most) == (None, None):
            continue
        values = [(number, measure(row)) for number, row in enumerate(votes, start=1) if _cells(row.get("vote"))]
        below = [number for number, given in values if least is not None and any(value < least for value in given)]
        above = [number for number, given in values if most is not None and any(value > most for value in given)]
        found += _line(f"低于 min_{name} {meta.get(f'min_{name}')}", f"below min_{name}", below)
        found += _line(f"高于 max_{name} {meta.get(f'max_{name}')}", f"above max_{name}", above)
    return found


def _line(zh: str, en: str, numbers: Sequence[int]) -> list[str]:
    if not numbers:
        return []
    first = ", ".join(map(str, numbers[:SHOWN])) + (", …" if len(numbers) > SHOWN else "")
    return [f"{len(numbers)} 张选票{zh} {len(numbers)} ballots: {en} ({first})"]


def _points(row: Row) -> list[Fraction]:
    return [value for text in _cells(row.get("points")) if (value := _number(text)) is not None]


def _cells(text: str | None) -> list[str]:
    return [cell for part in (text or "").split(",") if (cell := part.strip())]


def _number(text: str | None) -> Fraction | None:
    """None where there is no number: META is not refused for what decides nothing."""
    try:
        return Fraction((text or "").replace(",", ".")) if len(text or "") < 40 else None
    except (ValueError, ZeroDivisionError):
        return None
