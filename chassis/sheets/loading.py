"""A row's facts through the schema of the operation that would take them one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from chassis.sheets.cells import Flaw, Line
from chassis.sheets.codes import SheetCode
from chassis.sheets.columns import Column


def load(
    schema: Schema, line: Line, facts: dict[str, Any], *, columns: Mapping[str, Column], hints: Mapping[str, str]
) -> dict[str, Any]:
    """As the operation's own schema would; a column that has a flaw already gets no second one."""
    flawed = {flaw.column.name for flaw in line.flaws if flaw.column}
    try:
        loaded: dict[str, Any] = schema.load(facts)
    except ValidationError as error:
        for column, missing in _about(error, facts, columns):
            if column is None or column.name not in flawed:
                line.flaws.append(invalid(column, missing=missing, hints=hints))
        return {}
    return loaded


def _about(
    error: ValidationError, facts: Mapping[str, Any], columns: Mapping[str, Column]
) -> Iterator[tuple[Column | None, bool]]:
    """A field's column; of a nested field ``earmark.groups`` that is ``earmark_groups``."""
    for name, inner in error.messages_dict.items():
        if name in columns:
            yield columns[name], name not in facts
        elif isinstance(inner, dict):
            for part in inner:
                yield columns.get(f"{name}_{part}"), False
        else:
            yield None, False


def invalid(column: Column | None, *, missing: bool = False, hints: Mapping[str, str]) -> Flaw:
    """The value does not do, and what would."""
    code, name = SheetCode.VALUE_INVALID, column.name if column else ""
    hint = "必填" if missing else hints.get(name, "")
    more = "required" if missing else column.en if column else ""
    return Flaw(column, code.value, code.zh + (f"：{hint}" if hint else ""), code.en + (f": {more}" if more else ""))
