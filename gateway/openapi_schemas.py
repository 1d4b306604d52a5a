"""marshmallow schemas as JSON Schema components, named once each however many services use a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import marshmallow
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import make_schema_key, resolve_schema_cls

from chassis import fields as edge

_YUAN_OUT = r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$"
_YUAN_IN = r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$"
Field = marshmallow.fields.Field[Any]


class Schemas:
    """Wraps apispec's converter with our fields' meaning."""

    def __init__(self, **about: Any) -> None:
        self._names: dict[Any, str] = {}
        plugin = MarshmallowPlugin(schema_name_resolver=self._name)
        self.spec = APISpec(plugins=[plugin], **about)
        # apispec leaves some methods of both untyped
        self._converter = cast(Any, plugin.converter)
        self._resolver = cast(Any, plugin.resolver)
        self._converter.add_attribute_function(_money)

    def of_field(self, field: Field) -> dict[str, Any]:
        """One field."""
        found: dict[str, Any] = self._converter.field2property(field)
        return found

    def of_fields(self, fields: Mapping[str, Field]) -> dict[str, Any]:
        """An object of exactly these fields: a body is an input without what the path says."""
        found: dict[str, Any] = self._converter.fields2jsonschema(dict(fields))
        return {**found, "additionalProperties": False}

    def reply(self, output: type[marshmallow.Schema] | None, *, many: bool) -> dict[str, Any]:
        """A view, a page of views, or anything."""
        if output is None:
            return {}
        view: dict[str, Any] = self._resolver.resolve_schema_dict(output)
        if not many:
            return view
        return {
            "type": "object",
            "required": ["items", "next_cursor"],
            "properties": {
                "items": {"type": "array", "items": view},
                "next_cursor": {"type": ["string", "null"], "description": "下一页的 cursor；null 表示没有了"},
            },
        }

    def _name(self, schema: Any) -> str:
        """The class's name, with its service in front where two services chose the same one."""
        key = make_schema_key(schema if isinstance(schema, marshmallow.Schema) else schema())
        if key not in self._names:
            cls = resolve_schema_cls(schema)
            assert isinstance(cls, type)
            taken = set(self._names.values())
            service = [*cls.__module__.split("."), ""][1].title()
            choices = [cls.__name__, service + cls.__name__]
            choices += [f"{service}{cls.__name__}{number}" for number in range(2, 100)]
            self._names[key] = next(name for name in choices if name not in taken)
        return self._names[key]


def _money(self: Any, field: Field, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Money is a string; replies always have two decimals and may be negative."""
    if not isinstance(field, edge.Money):
        return {}
    return {
        "type": ["string", "null"] if field.allow_none else "string",
        "pattern": _YUAN_OUT if field.dump_only else f"{_YUAN_IN}|{_YUAN_OUT}",
        "examples": ["30000.00"],
    }
