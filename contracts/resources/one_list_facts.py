"""What an entry of the one list says: shared by entries and by census records."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Text, community_code, one_of
from contracts.resources.common import words

KINDS = ("service", "organisation", "talent", "volunteer")
STATUSES = ("draft", "listed", "due_for_recheck", "retired")
SOURCES = ("person", "census", "registry", "talent_grid")
CONSENT_WAYS = ("paper", "spoken", "online")
_CLOCK = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z|^24:00\Z")


class Opening(Schema):
    """Days (1 Monday to 7 Sunday) and the time from and to which it is open, Asia/Shanghai."""

    days = fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=1, max=7)),
        required=True,
        validate=validate.Length(min=1, max=7),
    )
    opens = fields.String(required=True, validate=_CLOCK)
    closes = fields.String(required=True, validate=_CLOCK)


def cell_code(**kwargs: object) -> fields.String:
    """Fifteen digits."""
    return fields.String(validate=validate.Regexp(r"^[0-9]{15}\Z"), **kwargs)  # type: ignore[arg-type]


def personal_text(*, at_most: int) -> fields.String:
    """A personal field as it comes in: never kept with the command."""
    return Text(at_least=1, at_most=at_most, allow_none=True, load_only=True)


def phone() -> fields.String:
    """Digits, with a leading + or hyphens."""
    return fields.String(validate=validate.Regexp(r"^\+?[0-9][0-9-]{4,19}\Z"), allow_none=True, load_only=True)


class ListFacts(Schema):
    """Services and organisations have a ``title``; talents and volunteers a ``person_name`` instead, and no ``place``
    finer than their grid cell."""

    title = Text(at_least=1, at_most=120)
    person_name = personal_text(at_most=60)
    summary = Text(at_most=1000)
    category = fields.String(
        allow_none=True,
        validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"),
        metadata={"description": "类别，如 elder_meals / kind of service or skill"},
    )
    fields_of_work = words(about="领域 / fields")
    community_code = community_code(allow_none=True)
    cell_code = cell_code(allow_none=True)
    place = Text(at_most=200)
    opening_hours = fields.List(fields.Nested(Opening), validate=validate.Length(max=14))
    contact_name = personal_text(at_most=60)
    contact_phone = phone()
    organisation_id = Id("org", allow_none=True)
    account_id = Id("acc", allow_none=True)


class ChangedFacts(ListFacts):
    """Only what is sent changes."""

    fields_of_work = fields.List(Text(at_least=1, at_most=40), validate=validate.Length(max=20))


def kind(**kwargs: object) -> fields.String:
    return one_of(*KINDS, **kwargs)


class ConsentFacts(Schema):
    """Whether the person agrees to stand on the public list, and with the contact; how they said so."""

    publish = fields.Boolean(required=True)
    contact = fields.Boolean(load_default=False)
    how = one_of(*CONSENT_WAYS, required=True)
