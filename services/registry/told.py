"""What an event says of whose row it is about."""

from __future__ import annotations

from typing import Protocol


class OfStreet(Protocol):
    """A row of one street, or of the whole district."""

    street_code: str | None


def streets(row: OfStreet) -> list[str]:
    """The streets whose people may see the row's events; empty: the whole district."""
    return [row.street_code] if row.street_code else []
