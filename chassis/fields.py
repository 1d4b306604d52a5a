"""marshmallow fields of the edge: ids, money, instants, pages. The service loads and dumps with them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from chassis import ids
from chassis.clock import SHANGHAI

_YUAN = re.compile(r"^(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?$")


class Id(fields.String):
    """A prefixed id; ``Id("prp")``."""

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        pattern = f"^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$"
        super().__init__(metadata={"pattern": pattern, **kwargs.pop("metadata", {})}, **kwargs)
        self.prefix = prefix

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not ids.is_id(self.prefix, value):
            raise ValidationError(f"Not a {self.prefix}_ id.")
        return str(value)


class Money(fields.Field[int]):
    """Integer fen inside, decimal yuan as a string at the edge. Name the field ``amount``, attribute ``amount_fen``."""

    def __init__(self, **kwargs: Any) -> None:
        about = "人民币元，最多两位小数 / yuan, at most two decimals"
        super().__init__(metadata={"description": about, **kwargs.pop("metadata", {})}, **kwargs)

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        if value is None:
            return None
        sign, value = ("-", -value) if value < 0 else ("", value)
        return f"{sign}{value // 100}.{value % 100:02d}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, str) or not _YUAN.match(value):
            raise ValidationError("Not an amount: a string such as 30000.00.")
        whole, _, part = value.partition(".")
        return int(whole) * 100 + int(part.ljust(2, "0") or "0")


class Instant(fields.AwareDateTime):
    """RFC 3339; UTC inside, Asia/Shanghai at the edge."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", default_timezone=SHANGHAI, **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else value.astimezone(SHANGHAI).isoformat(timespec="seconds")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            instant = super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
        except (OverflowError, TypeError, AttributeError) as error:
            raise ValidationError("Not a valid instant.") from error
        if not 2000 <= instant.year < 2200:  # near the ends of the calendar a time zone or a period overflows
            raise ValidationError("Not between 2000 and 2200.")
        return instant


def near(day: date) -> None:
    """A deadline is an instant some day after it; the calendar ends in 9999."""
    if not 1900 <= day.year <= 2200:
        raise ValidationError("Not a year from 1900 to 2200.")


def day(**kwargs: Any) -> fields.Date:
    """A date people live to see."""
    return fields.Date(validate=near, **kwargs)


class Text(fields.String):
    """Text without NUL (PostgreSQL cannot hold it), with a length limit."""

    def __init__(self, *, at_most: int = 2000, at_least: int = 0, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=at_least or None, max=at_most), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text:
            raise ValidationError("NUL is not text.")
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise ValidationError("Not valid Unicode.") from error
        return text.strip()


class PageQuery(Schema):
    """What every list accepts."""

    cursor = fields.String(metadata={"description": "上一页的 next_cursor"}, validate=validate.Length(max=200))
    limit = fields.Integer(validate=validate.Range(min=1, max=200))


def one_of(*choices: str, **kwargs: Any) -> fields.String:
    """A closed choice."""
    return fields.String(validate=validate.OneOf(choices), **kwargs)


def street_code(**kwargs: Any) -> fields.String:
    """Nine digits."""
    return fields.String(validate=validate.Regexp(r"^[0-9]{9}\Z"), **kwargs)


def community_code(**kwargs: Any) -> fields.String:
    """Twelve digits."""
    return fields.String(validate=validate.Regexp(r"^[0-9]{12}\Z"), **kwargs)
