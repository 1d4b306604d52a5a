"""Shapes that running projects and service orders share: evidence of the file store, If-Match."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate


def expected_version() -> fields.Integer:
    """If-Match."""
    return fields.Integer(validate=validate.Range(min=0, max=2**53))


class EvidenceView(Schema):
    """A file of the content-addressed store."""

    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    size = fields.Integer(required=True, validate=validate.Range(min=0, max=2**40))
    media_type = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,90}\Z"))


def evidence_list(*, at_least: int = 0) -> fields.List[Any]:
    """At most 20 files."""
    return fields.List(
        fields.Nested(EvidenceView), validate=validate.Length(min=at_least or None, max=20), load_default=list
    )
