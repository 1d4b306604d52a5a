"""What every bench can be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.profile import Profiler


@dataclass(frozen=True, kw_only=True)
class Options:
    """``runs`` and a cell's ``seconds``: None where the bench's own defaults hold. ``only``: words a cell must hold."""

    json_file: str | None = None
    runs: int | None = None
    seconds: float | None = None
    seed: int = 7
    only: tuple[str, ...] = ()
    profile: Path | None = None
    quick: bool = False
    large: bool = False

    def seconds_or(self, default: float) -> float:
        return self.seconds or default

    def profiler(self) -> Profiler | None:
        return Profiler(self.profile) if self.profile else None

    def runs_or(self, default: int) -> int:
        return max(self.runs or default, 1)

    def wants(self, *words: object) -> bool:
        """Whether a cell described by these words is asked for."""
        return all(any(each in str(word) for word in words) for each in self.only)
