"""The budget of an award that is less than what was asked for: each line its share, so that lines and award agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.projects.ledger.domain import split

KEPT = ("line", "category")


def budget_of(asked: Sequence[Mapping[str, Any]], amount_fen: int) -> list[dict[str, Any]]:
    """The lines as they were asked for; where they come to more than the award, pro rata to the fen, without the
    quantities and prices, which no longer hold. A line that comes to nothing is left out."""
    if sum(row["amount_fen"] for row in asked) <= amount_fen:
        return [dict(row) for row in asked]
    parts = split(amount_fen, {f"{number:04d}": row["amount_fen"] for number, row in enumerate(asked)})
    return [
        {**{name: row[name] for name in KEPT if name in row}, "amount_fen": parts[f"{number:04d}"]}
        for number, row in enumerate(asked)
        if f"{number:04d}" in parts
    ]
