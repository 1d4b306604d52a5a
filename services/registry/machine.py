"""State machines as tables: a pair that is not in the table is a conflict."""

from __future__ import annotations

from collections.abc import Mapping

from chassis.codes import Code
from chassis.errors import ConflictError

Table = Mapping[tuple[str, str], str]


def step(table: Table, status: str, action: str, code: Code) -> str:
    """The status after ``action``; raises :class:`ConflictError` with ``code`` where the table has no such row."""
    try:
        return table[status, action]
    except KeyError:
        raise ConflictError(code, status=status, action=action) from None
