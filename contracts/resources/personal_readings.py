"""The access log of resources: who read personal fields of the one list, the talent grid or needs unmasked, and why."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery
from chassis.operations import Operation, rpc
from contracts import roles


class PersonalReadingQuery(PageQuery):
    """Filters; ``subject_id`` is an entry's, a talent's or a need's."""

    subject_id = fields.String(validate=validate.Regexp(r"^(ole|tln|ned)_[0-7][0-9a-hjkmnp-tv-z]{25}\Z"))
    account_id = Id("acc")


class PersonalReadingView(Schema):
    """One line of the log."""

    personal_reading_id = fields.String(attribute="id")
    account_id = fields.String()
    role = fields.String()
    subject_id = fields.String()
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    reason = fields.String()
    street_code = fields.String(allow_none=True)
    at = Instant()


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_personal_readings",
        PersonalReadingQuery,
        PersonalReadingView,
        roles=(roles.BUREAU, roles.AUDITOR),
        many=True,
        zh="清单、网格与需求的个人信息查阅记录",
        en="Who read personal fields of the list, the grid and needs",
    ),
)
