"""What must be true at the end; each check is a sentence with what was expected and what was seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass
class Checks:
    """Collects checks; prints them as a table; fails the pilot when one is not true."""

    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def equal(self, sentence: str, seen: object, expected: object) -> None:
        """``seen`` must equal ``expected``."""
        self.rows.append((sentence, str(expected), str(seen), seen == expected))

    def true(self, sentence: str, holds: bool, seen: object = "") -> None:
        """``holds`` must be true; ``seen`` says why one believes so."""
        self.rows.append((sentence, "是 yes", str(seen) if seen != "" else str(holds), bool(holds)))

    @property
    def failed(self) -> list[str]:
        return [sentence for sentence, _, _, holds in self.rows if not holds]

    def show(self, console: Console) -> None:
        """The table of checks."""
        table = Table(title="核对 · Checks", title_justify="left", expand=False)
        table.add_column("", no_wrap=True)
        table.add_column("检查 check")
        table.add_column("应为 expected", overflow="fold", max_width=34)
        table.add_column("实为 seen", overflow="fold", max_width=34)
        for sentence, expected, seen, holds in self.rows:
            table.add_row("[green]✓" if holds else "[red]✗", sentence, expected, seen)
        console.print(table)
