"""An input that an operation's schema accepts, made from the schema alone."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis.strategies import from_regex
from marshmallow import Schema, ValidationError, fields, validate

from chassis.fields import Id, Instant, Money
from chassis.operations import Operation

STREET = "370211005"
CANDIDATES = (
    "演示文字",
    STREET,
    STREET + "001",
    "0" * 64,
    "need",
    "image/png",
    "https://example.org",
    "acc_" + "0" * 26,
    "registry.get_me",
    "fpk_aaaaaaaa_" + "a" * 43,
    "a" * 43,
    "demo-login",
    "13800138000",
    10,
)
# Hypothesis takes half a second to find, shrink and explain one; the walks ask for the same ones with every role.
FOUND: defaultdict[str, list[str]] = defaultdict(list)
SEARCH = settings(phases=(Phase.generate, Phase.shrink), database=None)


def example(field: fields.Field[Any]) -> Any:
    """A value the field accepts."""
    if isinstance(field, Id):
        return f"{field.prefix}_" + "0" * 26
    if isinstance(field, fields.Nested):
        return body(field.schema)
    if isinstance(field, fields.List):
        return [example(field.inner)]
    if isinstance(field, fields.Dict):
        return {"need": 1}
    for kind, value in (
        (Money, "1.00"),
        (Instant, "2030-01-01T00:00:00+08:00"),
        (fields.Date, "2030-01-01"),
        (fields.Boolean, True),
        (fields.Integer, 1),
        (fields.Float, 1.0),
    ):
        if isinstance(field, kind):
            return value
    return _text(field)


def _text(field: fields.Field[Any]) -> Any:
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            return next(iter(rule.choices))
    for candidate in CANDIDATES:
        if _takes(field, candidate):
            return candidate
    for rule in field.validators:
        if isinstance(rule, validate.Regexp):
            return _matching(field, rule)
    raise AssertionError(f"no example for {field!r}")


def _matching(field: fields.Field[Any], rule: validate.Regexp) -> str:
    known = FOUND[rule.regex.pattern]
    for text in known:
        if _takes(field, text):
            return text
    found = find(from_regex(rule.regex, fullmatch=True), lambda text: _takes(field, text), settings=SEARCH)
    known.append(found)
    return found


def _takes(field: fields.Field[Any], value: Any) -> bool:
    try:
        field.deserialize(value)
    except ValidationError:
        return False
    return True


def body(schema: Schema) -> dict[str, Any]:
    """What the schema requires."""
    return {
        field.data_key or name: example(field)
        for name, field in schema.fields.items()
        if field.required and not field.dump_only
    }


def arguments(operation: Operation) -> dict[str, Any]:
    """What the operation requires."""
    return body(operation.input())
