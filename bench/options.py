"""What every bench can be asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """``seconds`` of a cell is None where the bench's own default holds; ``only`` keeps cells that contain a word."""

    json_file: str | None = None
    runs: int = 5
    seconds: float | None = None
    seed: int = 7
    only: tuple[str, ...] = ()

    def seconds_or(self, default: float) -> float:
        return self.seconds or default

    def wants(self, *words: object) -> bool:
        """Whether a cell described by these words is asked for."""
        return all(any(each in str(word) for word in words) for each in self.only)
