"""A sample of an event, made from its declared types: for previews and for checking new wording."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import inspect

from chassis.events import TYPES

_BY_SUFFIX = {
    "_at": "2026-11-24T10:00:00+08:00",
    "_until": "2026-12-01T10:00:00+08:00",
    "_on": "2026-11-24",
    "_code": "370211009",
    "_id": "smp_00000000000000000000000000",
}


def sample_of(event_name: str, *, optional: bool = True) -> dict[str, Any]:
    """Facts as an event of this name might carry; ``optional=False`` leaves nullable fields null."""
    struct = TYPES[event_name].struct
    kind = inspect.type_info(struct)
    assert isinstance(kind, inspect.StructType)
    return {field.name: _sample(field.name, field.type, optional) for field in kind.fields}


def field_names(event_name: str) -> list[str]:
    """What a template of this event may use."""
    return [field.name for field in msgspec.structs.fields(TYPES[event_name].struct)]


def _sample(name: str, kind: inspect.Type, optional: bool) -> Any:
    if isinstance(kind, inspect.UnionType):
        return _sample_union(name, kind, optional)
    if isinstance(kind, inspect.LiteralType):
        return kind.values[0]
    if isinstance(kind, inspect.ListType):
        return [_sample(name.removesuffix("s"), kind.item_type, optional)]
    if isinstance(kind, inspect.BoolType):
        return True
    if isinstance(kind, inspect.IntType):
        return 3_000_000 if name.endswith("_fen") else 3
    if isinstance(kind, inspect.FloatType):
        return 86.5
    if isinstance(kind, inspect.DictType):
        return {}
    return next((value for suffix, value in _BY_SUFFIX.items() if name.endswith(suffix)), "示例")


def _sample_union(name: str, kind: inspect.UnionType, optional: bool) -> Any:
    if kind.includes_none and not optional:
        return None
    return _sample(name, next(each for each in kind.types if not isinstance(each, inspect.NoneType)), optional)
