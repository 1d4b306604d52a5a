"""Progress of a start, and how long each phase took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console


@dataclass
class Progress:
    console: Console = field(default_factory=lambda: Console(highlight=False))
    phases: dict[str, float] = field(default_factory=dict)

    def say(self, text: str) -> None:
        self.console.print(f"  · {text}", markup=False, soft_wrap=True)

    def done(self, text: str, *, seconds: float) -> None:
        self.console.print(f"[green]✓[/] {text}  [dim]{seconds:.1f} s[/]", soft_wrap=True)

    @contextmanager
    def phase(self, name: str, label: str) -> Iterator[None]:
        """Announces, measures and reports one phase; a phase that raises is left to its caller to explain."""
        self.console.print(f"[cyan]→[/] {label}", soft_wrap=True)
        began = time.monotonic()
        yield
        self.phases[name] = round(time.monotonic() - began, 2)
        self.done(label, seconds=self.phases[name])
