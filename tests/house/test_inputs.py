"""No input brings what a service chokes on, text PostgreSQL cannot hold or days at the ends of the calendar."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from marshmallow import Schema, ValidationError, fields

from gateway import catalogue

FAR_DAYS = ("0001-01-01", "9999-12-31")
UNSTORABLE = ("\x00", "a\x00b", "\ud800")
# Read before anything is looked up or stored: each of these has a check of its own.
CHECKED_LATER = {
    "cursor",  # a page's place: decoded, or cursor_invalid
    "content",  # base64
    "event_names",  # one of a list
    "new_password",  # hashed, after a check of its own
    "polygon",  # GeoJSON, looked at member by member
    "pairs",  # the gateway's own question to operators' services
}


def leaves(schema: Schema, path: str = "", seen: frozenset[type] = frozenset()) -> Iterator[tuple[str, fields.Field]]:
    """Every text and day an input may hold, with its path."""
    for name, field in schema.fields.items():
        if name not in CHECKED_LATER and not field.dump_only:
            yield from _within(field, f"{path}.{name}", seen | {type(schema)})


def _within(field: fields.Field, path: str, seen: frozenset[type]) -> Iterator[tuple[str, fields.Field]]:
    if isinstance(field, fields.Nested):
        if type(field.schema) not in seen:
            yield from leaves(field.schema, path, seen)
    elif isinstance(field, fields.List):
        yield from _within(field.inner, f"{path}[]", seen)
    elif isinstance(field, fields.Dict):
        for inner in (field.key_field, field.value_field):
            if inner is not None:
                yield from _within(inner, f"{path}{{}}", seen)
    elif isinstance(field, (fields.String, fields.Date)):
        yield path, field


@pytest.mark.parametrize("name", sorted(catalogue.load()))
def test_an_input_refuses_what_cannot_be_stored_or_counted_from(name: str) -> None:
    taken = []
    for path, field in leaves(catalogue.load()[name].input()):
        for text in FAR_DAYS if isinstance(field, fields.Date) else UNSTORABLE:
            try:
                field.deserialize(text)
            except ValidationError:
                continue
            taken.append((path, text))
    assert taken == []
