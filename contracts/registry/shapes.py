"""Shapes several nouns of the registry share."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from chassis.fields import Instant, Text
from chassis.views import View


def expected_version() -> fields.Integer:
    """If-Match."""
    return fields.Integer(validate=validate.Range(min=0, max=2**53))


def storable(text: str) -> None:
    """Text PostgreSQL can hold and UTF-8 can say: no NUL, no lone surrogate."""
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValidationError("Not valid text.")


def field_codes(*, at_least: int = 0, **kwargs: Any) -> fields.List[str]:
    """Codes of the taxonomy of fields."""
    code = fields.String(validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    return fields.List(code, validate=validate.Length(min=at_least or None, max=12), **kwargs)


def phone(**kwargs: Any) -> fields.String:
    """A mainland phone number, mobile or fixed."""
    return fields.String(validate=validate.Regexp(r"^(1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8})\Z"), **kwargs)


class Evidence(Schema):
    """A file of the content-addressed store."""

    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=2**40))
    media_type = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,90}\Z"))


def evidence_list() -> fields.List[Any]:
    """At most 20 files."""
    return fields.List(fields.Nested(Evidence), validate=validate.Length(max=20), load_default=list)


class Reason(Schema):
    """A step that must be explained."""

    reason = Text(required=True, at_least=2, at_most=500)
    expected_version = expected_version()


class NounView(View):
    """What every view of a noun ends with."""

    status = fields.String()
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    created_at = Instant()
