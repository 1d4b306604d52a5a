"""Which fields of the registry's answers are personal (PIPL art. 4), and how each is masked.

``personal("account.phone", "phone")`` names the encrypted column behind the field; a house test keeps both sides equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields

KEY, MASK = "personal", "mask"
MASKS = ("name", "phone", "email", "address", "login", "hidden", "own")
"""First character; both ends; first letter; its beginning; like what it is; not at all; to whom it is about only."""


def personal(column: str, mask: str, **kwargs: Any) -> fields.String:
    """A field of an answer that is personal data, kept encrypted in ``column`` (``table.column``)."""
    return fields.String(metadata={KEY: column, MASK: mask, "description": "个人信息 / personal data"}, **kwargs)


def declared(schema: type[Schema]) -> Iterator[tuple[str, str, str]]:
    """``(field, column, mask)`` of every personal field, inside nested schemas too."""
    for name, field in schema().fields.items():
        if KEY in field.metadata:
            yield name, field.metadata[KEY], field.metadata[MASK]
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from declared(type(inner.schema))
