"""What the schemas of resources share."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, missing, validate

from chassis.fields import Instant, Text
from contracts import roles

KINDS = ("funds", "materials", "venue", "volunteers", "know_how")
MOST_WINDOWS = 200
MODES = ("onsite", "online", "either")
CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z"
MOST = 10**11
"""Largest quantity (for funds, in fen: one thousand million yuan); keeps every sum inside 2^53."""

ORGANISATIONS = (roles.PROVIDER, roles.CSO, roles.HUB)
READ = (*roles.READERS, roles.PROVIDER, roles.CSO)
READ_OWN = (*READ, roles.RESIDENT)
WRITE = (*roles.STAFF, *ORGANISATIONS)


def whole(**kwargs: Any) -> fields.Integer:
    """A whole number of units, at least one."""
    return fields.Integer(strict=True, validate=validate.Range(min=1, max=MOST), **kwargs)


def unit_word() -> fields.String:
    """The unit a step counts in; empty: the row's own."""
    return Text(load_default="", at_most=20, metadata={"description": "单位，空为最小单位 / unit; empty: the base"})


def words(*, at_most: int = 20, about: str = "", kept: bool = False) -> fields.List[Any]:
    """A short list of short words (tags, skills, fields); left out: empty, or (``kept``) as it was."""
    return fields.List(
        Text(at_least=1, at_most=40),
        load_default=missing if kept else list,
        validate=validate.Length(max=at_most),
        metadata={"description": about},
    )


def hashes() -> fields.List[Any]:
    """Evidence files by content hash (POST /v1/files)."""
    item = fields.String(validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    return fields.List(item, load_default=list, validate=validate.Length(max=20))


class WeeklyTime(Schema):
    """From one time of day to a later one, on a day of the week (1 is Monday), Asia/Shanghai."""

    weekday = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=7))
    from_time = fields.String(required=True, validate=validate.Regexp(CLOCK))
    to_time = fields.String(required=True, validate=validate.Regexp(CLOCK))


class EnteredView(Schema):
    """As it was written down: so many of a unit, of which one is ``size`` base units."""

    quantity = fields.Integer()
    unit = fields.String()
    size = fields.String()


class Expecting(Schema):
    """A write that may name the version the caller read (If-Match)."""

    expected_version = fields.Integer(load_default=None, validate=validate.Range(min=0, max=2**53))


class Reason(Schema):
    """A write that says why."""

    reason = Text(load_default="", at_most=500)


class RowView(Schema):
    """What every noun shows."""

    status = fields.String()
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    created_at = Instant()
