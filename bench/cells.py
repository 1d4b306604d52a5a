"""Cells: every contestant in turn, round after round; medians over the rounds; ratios."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench import say

FIGURES = ("rate", "p50_ms", "p95_ms", "p99_ms")
Play = Callable[[int], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One contestant doing one thing with so many callers; ``play(round)`` measures it once."""

    contestant: str
    what: str
    callers: int
    play: Play


@dataclass
class Row:
    """A cell's rounds."""

    contestant: str
    what: str
    callers: int
    rounds: list[dict[str, Any]] = field(default_factory=list)

    def median(self, figure: str) -> float:
        return float(median(found[figure] for found in self.rounds))

    def cpu(self) -> dict[str, float]:
        """Median microseconds a request, by class of process."""
        names = {name: None for found in self.rounds for name in found.get("cpu_us", {})}
        return {name: median(found["cpu_us"].get(name, 0.0) for found in self.rounds) for name in names}

    @property
    def errors(self) -> int:
        return sum(int(found.get("errors", 0)) for found in self.rounds)

    @property
    def elsewhere(self) -> float | None:
        """Median share of the machine's CPU that neither this contestant nor the load used; a busy machine shows."""
        found = [each["elsewhere"] for each in self.rounds if "elsewhere" in each]
        return float(median(found)) if found else None

    def as_json(self) -> dict[str, Any]:
        rates = [found["rate"] for found in self.rounds]
        return {
            "what": self.what,
            "contestant": self.contestant,
            "callers": self.callers,
            **{figure: round(self.median(figure), 3) for figure in FIGURES if figure in self.rounds[0]},
            "rate_lowest": round(min(rates), 1),
            "rate_highest": round(max(rates), 1),
            "elsewhere": self.elsewhere,
            "cpu_us": {name: round(value, 1) for name, value in self.cpu().items()},
            "errors": self.errors,
            "rounds": self.rounds,
        }


def interleave(cells: Sequence[Cell], *, runs: int, between: Callable[[], None] = lambda: None) -> list[Row]:
    """A B C A B C …: what disturbs the machine for a while disturbs everybody. The first error of a cell is told."""
    rows = [Row(cell.contestant, cell.what, cell.callers) for cell in cells]
    for number in range(runs):
        for cell, row in zip(cells, rows, strict=True):
            found = cell.play(number)
            row.rounds.append(found)
            if found.get("errors"):
                say(f"{cell.what} {cell.contestant} {cell.callers}: {found['errors']} × {found['first_error'][:300]}")
        between()
        say(f"第 {number + 1}/{runs} 轮 round {number + 1} of {runs}")
    return rows


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """One figure of one contestant over another's."""

    what: str
    callers: int
    of: str
    to: str
    figure: str
    value: float
    goal: str = ""

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "value": round(self.value, 4)}


def find(rows: Iterable[Row], *, contestant: str, what: str, callers: int) -> Row | None:
    return next((row for row in rows if (row.contestant, row.what, row.callers) == (contestant, what, callers)), None)


def ratio(
    rows: Sequence[Row], *, what: str, callers: int, of: str, to: str, figure: str = "rate", goal: str = ""
) -> list[Ratio]:
    """Of the medians of ``figure``, or of a class of CPU (``cpu:service``); nothing where a contestant is absent."""
    first = find(rows, contestant=of, what=what, callers=callers)
    second = find(rows, contestant=to, what=what, callers=callers)
    if first is None or second is None:
        return []
    name = figure.removeprefix("cpu:")
    values = [row.cpu().get(name, 0.0) if figure != name else row.median(figure) for row in (first, second)]
    value = values[0] / values[1] if values[1] else float("inf")
    return [Ratio(what=what, callers=callers, of=of, to=to, figure=figure, value=value, goal=goal)]
