"""What a rule is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from services.projects.flags.domain import Finding
from services.projects.flags.facts import Case

Find = Callable[[Case, Mapping[str, int]], Iterator[Finding]]


@dataclass(frozen=True)
class Rule:
    """``numbers``: ``{name: (default, least, most)}``; the defaults hold until a district publishes its own.

    ``reason_zh`` and ``reason_en`` are filled with the finding's facts, ``…_fen`` also as ``…_yuan``."""

    key: str
    area: str
    severity: str
    numbers: Mapping[str, tuple[int, int, int]]
    find: Find
    zh: str
    en: str
    reason_zh: str
    reason_en: str
