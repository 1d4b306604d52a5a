"""What attendance adds up to: platform records (平台记录) and the corrections of what they rest on."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.activities import ORGANISERS
from contracts.projects.attendance import AttendancePath, own
from contracts.projects.delivery import STREET
from contracts.projects.evidence import expected_version
from contracts.projects.proposal_documents import FORMATS, DocumentFile

CORRECTION_STATUSES = ("applied", "proposed", "refused")


class CorrectAttendance(AttendancePath):
    """What should stand there instead, and why; ``void``: the person was not there (false: was there after all)."""

    arrived_at = Instant()
    left_at = Instant(allow_none=True)
    void = fields.Boolean()
    reason = Text(required=True, at_least=2, at_most=500)


class OfAttendanceQuery(PageQuery):
    """Corrections of one record."""

    attendance_id = Id("atn", required=True)


class CorrectionPath(Schema):
    """One correction."""

    attendance_correction_id = Id("atc", required=True)


class DecideCorrection(CorrectionPath):
    """By another person than the one who asked."""

    note = Text(at_most=500, load_default="")
    expected_version = expected_version()


class Period(Schema):
    """From the first day to the last, both included; without them everything."""

    from_on = day()
    until_on = day()


class PeriodFile(Period):
    """As PDF or as XLSX."""

    format = one_of(*FORMATS, load_default="pdf")


class OfOrganisation(Period):
    """What an organisation's activities add up to."""

    organisation_id = Id("org", required=True)


class OfOrganisationFile(OfOrganisation, PeriodFile):
    """The same as PDF or as XLSX."""


class RecordedValues(Schema):
    """What a record says of a person's presence."""

    arrived_at = Instant()
    left_at = Instant(allow_none=True)
    status = fields.String()
    minutes = fields.Integer(allow_none=True)


class CorrectionView(Schema):
    """A correction with the value it replaces, who asked and who decided."""

    attendance_correction_id = fields.String(attribute="id")
    activity_id = fields.String()
    attendance_id = fields.String()
    status = fields.String(metadata={"enum": list(CORRECTION_STATUSES)})
    version = fields.Integer()
    old = fields.Nested(RecordedValues)
    new = fields.Nested(RecordedValues)
    reason = fields.String()
    note = fields.String(allow_none=True)
    proposed_by = fields.String(allow_none=True)
    proposed_at = Instant(attribute="created_at")
    decided_by = fields.String(allow_none=True)
    decided_at = Instant(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class PlatformRecordView(Schema):
    """平台记录 Platform record: sums of attendance. No certificate: only the organisation that recorded it certifies.

    ``minutes`` counts overlapping activities of one person once. ``order_minutes`` are those of confirmed
    service orders; they stand beside and are not added, since an order may have been done during an activity.
    """

    title = fields.String()
    account_id = fields.String(allow_none=True)
    organisation_id = fields.String(allow_none=True)
    from_on = fields.Date(allow_none=True)
    until_on = fields.Date(allow_none=True)
    activities = fields.Integer()
    records = fields.Integer()
    people = fields.Integer()
    minutes = fields.Integer()
    minutes_by_part = fields.Dict(keys=fields.String(), values=fields.Integer())
    orders = fields.Integer()
    order_minutes = fields.Integer()


def _correction(name: str, zh: str, en: str) -> Operation:
    return command(
        name, DecideCorrection, CorrectionView, roles=STREET, zh=zh, en=en, reread="get_attendance_correction"
    )


def _of_organisation(name: str, takes: type[Schema], gives: type[Schema], zh: str, en: str) -> Operation:
    return rpc(name, takes, gives, roles=(*roles.READERS, roles.CSO), zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    command(
        "correct_attendance",
        CorrectAttendance,
        CorrectionView,
        roles=ORGANISERS,
        zh="更正到场记录",
        en="Correct a record; after closing another person decides",
        reread="get_attendance_correction",
    ),
    own("get_attendance_correction", CorrectionPath, CorrectionView, "查看更正", "One correction"),
    own(
        "list_attendance_corrections",
        OfAttendanceQuery,
        CorrectionView,
        "到场记录更正",
        "Corrections of a record, old values included",
        many=True,
    ),
    _correction("approve_attendance_correction", "同意更正", "Approve a correction of a locked record"),
    _correction("refuse_attendance_correction", "不同意更正", "Refuse a correction of a locked record"),
    own("get_platform_record", Period, PlatformRecordView, "我的平台记录", "One's own platform record"),
    own("get_platform_record_file", PeriodFile, DocumentFile, "下载我的平台记录", "The same as PDF or XLSX"),
    _of_organisation(
        "get_organisation_record",
        OfOrganisation,
        PlatformRecordView,
        "组织平台记录",
        "The platform record of an organisation's activities",
    ),
    _of_organisation(
        "get_organisation_record_file",
        OfOrganisationFile,
        DocumentFile,
        "下载组织平台记录",
        "The same as PDF or XLSX",
    ),
)
