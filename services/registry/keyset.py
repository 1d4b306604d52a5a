"""Cursors of lists that are not ordered by id alone: the last row's sort key and its id."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any

from chassis import ids
from chassis.codes import ChassisCode
from chassis.errors import InvalidError


def close(key: Any, row_id: str) -> str:
    """Opaque to whoever gets it."""
    word = key.isoformat() if isinstance(key, datetime) else str(key)
    return base64.urlsafe_b64encode(f"{word}|{row_id}".encode()).decode().rstrip("=")


def instant_and_id(cursor: str, prefix: str) -> tuple[datetime, str]:
    """Of a list by time; raises :class:`InvalidError` for what no list of ours gave."""
    word, row_id = _open(cursor, prefix)
    try:
        instant = datetime.fromisoformat(word)
    except ValueError as error:
        raise InvalidError(ChassisCode.CURSOR_INVALID) from error
    if instant.tzinfo is None:
        raise InvalidError(ChassisCode.CURSOR_INVALID)
    return instant, row_id


def number_and_id(cursor: str, prefix: str, *, most: int = 2**31 - 1) -> tuple[int, str]:
    """Of a list by a number from 0 to ``most``; the id may be empty, where a group of rows starts."""
    word, row_id = _open(cursor, prefix)
    if not (word.isascii() and word.isdigit() and len(word) <= 10 and int(word) <= most):
        raise InvalidError(ChassisCode.CURSOR_INVALID)
    return int(word), row_id


def _open(cursor: str, prefix: str) -> tuple[str, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise InvalidError(ChassisCode.CURSOR_INVALID) from error
    word, _, row_id = text.partition("|")
    if row_id and not ids.is_id(prefix, row_id):
        raise InvalidError(ChassisCode.CURSOR_INVALID)
    return word, row_id
