"""Pages of a list: cursors, and hot lists read as columns."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Select, bindparam
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis import ids
from chassis.codes import ChassisCode
from chassis.errors import InvalidError

MAX_PAGE = 200


def page_of(
    session: Session,
    statement: Select[Any],
    parameters: Mapping[str, Any],
    *,
    by: InstrumentedAttribute[str],
    render: Callable[[dict[str, Any]], dict[str, Any]],
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """The same of columns, without the ORM: for hot lists. ``statement`` is built once, has :func:`paged`'s
    parameters and selects ``by`` as its first column; ``render`` gets a row by column names."""
    size = min(max(limit or 50, 1), MAX_PAGE)
    after = {"page_before": open_cursor(cursor, by)} if cursor is not None else {}
    found = session.connection().execute(statement, {**parameters, **after, "page_size": size + 1})
    names = tuple(found.keys())
    rows = found.all()
    more = len(rows) > size
    items = [render(dict(zip(names, row, strict=True))) for row in rows[:size]]
    return {"items": items, "next_cursor": close_cursor(rows[size - 1][0]) if more else None}


def paged(statement: Select[Any], *, by: InstrumentedAttribute[str], after: bool) -> Select[Any]:
    """Order and limit of :func:`page_of`; ``after``: a later page."""
    if after:
        statement = statement.where(by < bindparam("page_before", type_=by.type))
    return statement.order_by(by.desc()).limit(bindparam("page_size"))


def literally(text: str) -> str:
    """Text to be found by LIKE with ``escape="/"``, its wildcards meaning themselves."""
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def close_cursor(value: str) -> str:
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


def open_cursor(cursor: str, by: InstrumentedAttribute[str]) -> str:
    try:
        value = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise InvalidError(ChassisCode.CURSOR_INVALID) from error
    prefix = getattr(by.type, "prefix", "")
    if not ids.is_id(prefix, value):
        raise InvalidError(ChassisCode.CURSOR_INVALID)
    return value
